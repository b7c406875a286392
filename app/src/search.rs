//! Finding: applications, projects, pages, and what can be done with them, by any of their words. What was chosen
//! last comes first.

use std::{cmp::Reverse, sync::Arc};

use slipway_domain::{application::Application, names::ProjectName, release::Project};

use crate::{
    key, t,
    ui::icon::Glyph,
    ways::{cookie, instance},
    words::{Word, text},
};

/// The cookie that keeps what was chosen last: addresses with bars between them.
pub const COOKIE: &str = "slipway_recent";
/// So many of a kind are shown.
const FEW: usize = 6;

/// The addresses that the person at this browser chose last, the last one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent(pub Vec<String>);

impl Recent {
    /// Those in a cookie header.
    pub fn of_cookies(header: &str) -> Self {
        let kept = cookie(header, COOKIE).unwrap_or_default().split('|').filter(|href| !href.is_empty());
        Self(kept.take(FEW).map(ToOwned::to_owned).collect())
    }
}

/// What kind of thing was found, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Chosen lately, whatever it is.
    Recent,
    /// Applications.
    Applications,
    /// Released projects.
    Projects,
    /// What can be done.
    Actions,
    /// Pages of the console.
    Pages,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What kind of thing it is.
    pub kind: Kind,
    /// What it is called.
    pub label: String,
    /// What else helps to know it.
    pub detail: String,
    /// Where it is.
    pub href: String,
    /// Its icon.
    pub glyph: Glyph,
}

/// Everything that can be found.
pub struct Shelf<'a> {
    /// Live applications.
    pub live: &'a [Arc<Application>],
    /// Released projects.
    pub projects: &'a [Project],
    /// The addresses that were chosen last, the last one first.
    pub recent: &'a [String],
}

/// The keys of their names, and where they are.
const PAGES: [(&str, &str, Glyph); 8] = [
    (key!("overview"), "/", Glyph::Overview),
    (key!("releases"), "/devops/releases", Glyph::Releases),
    (key!("instances"), "/devops/instances", Glyph::Instances),
    (key!("audit"), "/audit", Glyph::Note),
    (key!("system"), "/system", Glyph::System),
    (key!("tokens"), "/account/tokens", Glyph::Lock),
    (key!("account"), "/account", Glyph::Lock),
    (key!("for-programs"), "/docs/api", Glyph::Lines),
];

impl Shelf<'_> {
    /// What has all words of the query, a few of each kind, the best of each kind first.
    pub fn find(&self, query: &str) -> Vec<(Kind, Vec<Hit>)> {
        let query = query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut hits = pages(&words);
        hits.extend(self.projects.iter().flat_map(|project| of_project(project, &words)));
        let mut live: Vec<_> = self.live.iter().filter(|application| is_about(application, &words)).collect();
        live.sort_by_key(|application| {
            (rank(application.name.as_str(), &words), Reverse(application.updated_at))
        });
        hits.extend(
            live.into_iter().take(4 * FEW).flat_map(|application| of_application(application, &words)),
        );
        hits.sort_by_key(|hit| (hit.kind, rank(&hit.label, &words)));
        let recent: Vec<_> = self.recent.iter().filter_map(|href| self.at(href)).collect();
        // With words, the kind tells more than when it was chosen; without, that is all there is to go by.
        hits.sort_by_key(|hit| {
            (hit.kind, recent.iter().position(|last| last.href == hit.href).unwrap_or(FEW))
        });
        let mut groups: Vec<(Kind, Vec<Hit>)> = Vec::new();
        if words.is_empty() {
            hits.retain(|hit| hit.kind != Kind::Actions && !recent.iter().any(|last| last.href == hit.href));
            groups.push((Kind::Recent, recent.into_iter().take(FEW).collect()));
        }
        for hit in hits {
            match groups.last_mut().filter(|(kind, _)| *kind == hit.kind) {
                Some((_, group)) if group.len() == FEW => {}
                Some((_, group)) => group.push(hit),
                None => groups.push((hit.kind, vec![hit])),
            }
        }
        groups.retain(|(_, group)| !group.is_empty());
        groups
    }

    /// What is at that address, if it is still there.
    fn at(&self, href: &str) -> Option<Hit> {
        let place = |prefix| href.strip_prefix(prefix).and_then(|rest| rest.split(['/', '?']).next());
        let hits = if let Some(name) = place("/devops/instances/") {
            of_application(self.live.iter().find(|application| application.name.as_str() == name)?, &[])
        } else if let Some(name) = place("/devops/releases/") {
            of_project(self.projects.iter().find(|project| project.name.as_str() == name)?, &[])
        } else {
            pages(&[])
        };
        hits.into_iter().find(|hit| hit.href == href).map(|hit| Hit { kind: Kind::Recent, ..hit })
    }
}

fn hit(
    kind: Kind,
    label: impl Into<String>,
    detail: impl Into<String>,
    href: impl Into<String>,
    glyph: Glyph,
) -> Hit {
    Hit { kind, label: label.into(), detail: detail.into(), href: href.into(), glyph }
}

fn pages(words: &[&str]) -> Vec<Hit> {
    let pages = PAGES.into_iter().map(|(key, href, glyph)| (text(key, &[]), href, glyph));
    let pages = pages.filter(|(label, ..)| has_all(label, words));
    pages.map(|(label, href, glyph)| hit(Kind::Pages, label, "", href, glyph)).collect()
}

fn has_all(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// How well a label fits: the whole, its beginning, the beginning of a word of it, anything else.
fn rank(label: &str, words: &[&str]) -> u8 {
    let (label, Some(first)) = (label.to_lowercase(), words.first()) else { return 0 };
    if label == *first {
        0
    } else if label.starts_with(first) {
        1
    } else if label.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(first)) {
        2
    } else {
        3
    }
}

/// Can it be what the words mean, or what they want to be done to? Said before anything is made of it, because there
/// may be thousands.
fn is_about(application: &Application, words: &[&str]) -> bool {
    words.is_empty() || words.iter().any(|word| is_of(application.name.as_str(), &application.project, word))
}

fn is_of(name: &str, project: &ProjectName, word: &str) -> bool {
    name.contains(word) || project.as_str().to_lowercase().contains(word)
}

fn of_application(application: &Application, words: &[&str]) -> Vec<Hit> {
    let (name, status) = (application.name.as_str(), application.standing.status);
    let href = instance(name);
    let mut hits = Vec::new();
    if words.iter().all(|word| is_of(name, &application.project, word)) {
        let detail = format!("{} v{}, {}", application.project, application.version, status.word());
        hits.push(hit(Kind::Applications, name, detail, href.clone(), Glyph::Instances));
    }
    let actions = [
        (t!("logs-of", name = name), "/logs", Glyph::Lines, true),
        (t!("components-of", name = name), "/components", Glyph::Instances, true),
        (t!("events-of", name = name), "/events", Glyph::Overview, true),
        (t!("history-of", name = name), "/history", Glyph::Note, true),
        (t!("configuration-of", name = name), "/configuration", Glyph::Lines, true),
        (t!("update-what", name = name), "/update", Glyph::Pencil, true),
        (t!("undeploy-what", name = name), "/undeploy", Glyph::Bin, status.may_undeploy().is_ok()),
        (
            t!("force-undeploy-what", name = name),
            "/undeploy?force=true",
            Glyph::Bin,
            status.may_force_undeploy().is_ok(),
        ),
    ];
    let actions = actions.into_iter().filter(|(label, _, _, may)| *may && has_all(label, words));
    hits.extend(
        actions.map(|(label, end, glyph, _)| hit(Kind::Actions, label, "", format!("{href}{end}"), glyph)),
    );
    hits
}

fn of_project(project: &Project, words: &[&str]) -> Vec<Hit> {
    let name = project.name.as_str();
    let href = format!("/devops/releases/{name}");
    let latest = project.latest();
    let version = latest.map(|release| format!("v{}", release.version)).unwrap_or_default();
    let about = latest.map(|release| release.description.clone()).unwrap_or_default();
    let detail = [version, about].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let mut hits = Vec::new();
    if has_all(&format!("{name} {detail}"), words) {
        hits.push(hit(Kind::Projects, name, detail, href.clone(), Glyph::Releases));
    }
    let deploy = t!("deploy-what", name = name);
    if has_all(&deploy, words) {
        hits.push(hit(Kind::Actions, deploy, "", format!("{href}/deploy"), Glyph::Slipway));
    }
    hits
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use slipway_domain::{
        names::ApplicationName,
        release::ReleaseVersion,
        status::{Standing, Status},
    };

    use super::*;

    fn application(name: &str, project: &str, status: Status, seconds: i64) -> Arc<Application> {
        Arc::new(Application {
            id: "0".repeat(26).parse().unwrap(),
            name: ApplicationName::parse(name).unwrap(),
            project: ProjectName::parse(project).unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            generation: 1,
            standing: Standing { status, reason: None, cause: None },
            status_since: Timestamp::UNIX_EPOCH,
            revision: 1,
            gateway_path: None,
            people: Arc::default(),
            created_by: "ana".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds),
        })
    }

    fn labels(found: &[(Kind, Vec<Hit>)], wanted: Kind) -> Vec<String> {
        let group = found.iter().find(|(kind, _)| *kind == wanted);
        group.map(|(_, hits)| hits.iter().map(|hit| hit.label.clone()).collect()).unwrap_or_default()
    }

    fn find(query: &str, live: &[Arc<Application>], recent: &[&str]) -> Vec<(Kind, Vec<Hit>)> {
        let project = Project { name: ProjectName::parse("shop").unwrap(), releases: vec![] };
        let recent: Vec<_> = recent.iter().map(|href| (*href).to_owned()).collect();
        Shelf { live, projects: &[project], recent: &recent }.find(query)
    }

    #[test]
    fn d15_an_application_is_found_by_a_part_of_its_name_or_its_project_the_best_one_first() {
        let live = [
            application("my-web", "shop", Status::Running, 9),
            application("web-two", "shop", Status::Running, 1),
            application("web", "other", Status::Running, 1),
        ];
        assert_eq!(labels(&find("web", &live, &[]), Kind::Applications), ["web", "web-two", "my-web"]);
        assert_eq!(labels(&find("SHOP web", &live, &[]), Kind::Applications).len(), 2);
        assert!(find("nothing-like-this", &live, &[]).is_empty());
    }

    #[test]
    fn d15_what_can_be_done_is_found_with_what_it_is_done_to() {
        let live =
            [application("web", "shop", Status::Running, 1), application("api", "shop", Status::Pending, 1)];
        assert_eq!(labels(&find("logs web", &live, &[]), Kind::Actions), ["Logs of web"]);
        assert_eq!(labels(&find("deploy shop", &live, &[]), Kind::Actions), ["Deploy shop"]);
        assert_eq!(labels(&find("undeploy web", &live, &[]), Kind::Actions), ["Undeploy web"]);
        assert_eq!(labels(&find("undeploy api", &live, &[]), Kind::Actions), ["Force Undeploy api"]);
    }

    #[test]
    fn d15_what_was_chosen_last_comes_first_if_it_is_still_there() {
        let live =
            [application("web", "shop", Status::Running, 1), application("api", "shop", Status::Running, 9)];
        let recent =
            ["/devops/instances/gone", "/devops/instances/web/logs", "/audit", "https://evil.example"];
        let found = find("", &live, &recent);
        assert_eq!(found[0].0, Kind::Recent);
        assert_eq!(labels(&found, Kind::Recent), ["Logs of web", "Audit"]);
        assert!(!labels(&found, Kind::Pages).contains(&"Audit".to_owned()), "it is there already");
        assert_eq!(labels(&found, Kind::Applications), ["api", "web"], "the one that changed last first");
        let found = find("o", &live, &["/devops/instances/web/components"]);
        assert!(labels(&found, Kind::Recent).is_empty(), "with words, the kinds say more");
    }

    #[test]
    fn d15_what_was_chosen_is_read_from_a_cookie() {
        let recent = Recent::of_cookies("a=b; slipway_recent=/audit|/devops/instances/web/logs; c=d");
        assert_eq!(recent.0, ["/audit", "/devops/instances/web/logs"]);
        assert_eq!(Recent::of_cookies("slipway_recent="), Recent::default());
    }

    #[test]
    fn d15_thousands_of_applications_are_a_few_hits() {
        let live: Vec<_> = (0..5000)
            .map(|number| application(&format!("app{number}"), "shop", Status::Running, number))
            .collect();
        let found = find("app", &live, &[]);
        assert!(found.iter().all(|(_, hits)| hits.len() <= FEW));
        assert_eq!(labels(&found, Kind::Applications)[0], "app4999");
    }
}
