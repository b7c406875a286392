//! `logs`: what the containers of an application say, said before, or said before they ended.

use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::Value;
use slipway_app::ways::escape;
use slipway_domain::log::LogLine;

use super::{AppArgs, Done, Failure, print, print::Output};

/// Which lines.
#[derive(Debug, Args)]
pub struct LogsArgs {
    #[command(flatten)]
    app: AppArgs,
    /// Only tasks of this component
    #[arg(short, long)]
    component: Option<String>,
    /// Only this task, as ps lists it
    #[arg(short, long)]
    task: Option<String>,
    /// Only so many of the last lines of each task
    #[arg(short = 'n', long, value_name = "LINES")]
    tail: Option<u32>,
    /// Only what was said in so many seconds
    #[arg(long, value_name = "SECONDS")]
    since: Option<u32>,
    /// Only lines with this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The run before the present one
    #[arg(long)]
    previous: bool,
    /// Go on as long as something is said
    #[arg(short, long, conflicts_with = "previous")]
    follow: bool,
    /// What containers said before they ended; also of an application that was removed
    #[arg(long, conflicts_with_all = ["follow", "previous", "task", "tail", "since", "search"])]
    ended: bool,
}

/// A container that can be listened to.
struct Speaker {
    component: String,
    task: String,
}

impl LogsArgs {
    /// Prints them.
    pub async fn run(&self) -> Done {
        if self.ended {
            return self.ends().await;
        }
        let speakers = self.speakers().await?;
        if speakers.is_empty() {
            let told = "no such task runs; see slipway ps, or slipway logs --ended for what was said before";
            return Err(Failure::refused(told));
        }
        if self.follow {
            let all = speakers.iter().map(|speaker| self.listen(speaker, speakers.len() > 1));
            return stream::iter(all).buffer_unordered(speakers.len()).try_collect().await;
        }
        for speaker in &speakers {
            if speakers.len() > 1 {
                println!("== {} {}", speaker.component, speaker.task);
            }
            print!("{}", self.app.reach.fetch(Method::GET, &self.place(speaker), None).await?);
        }
        Ok(())
    }

    async fn speakers(&self) -> Result<Vec<Speaker>, Failure> {
        let found = self.app.reach.ask(Method::GET, &self.app.path("/components"), None).await?;
        let mut speakers = Vec::new();
        for component in found["components"].as_array().into_iter().flatten() {
            let name = print::text(component.get("name"));
            let tasks = component["tasks"].as_array().into_iter().flatten();
            speakers.extend(
                tasks.map(|task| Speaker { component: name.clone(), task: print::text(task.get("id")) }),
            );
        }
        let wanted = |wish: &Option<String>, found: &str| wish.as_deref().is_none_or(|wish| wish == found);
        speakers.retain(|speaker| {
            wanted(&self.component, &speaker.component) && wanted(&self.task, &speaker.task)
        });
        Ok(speakers)
    }

    fn place(&self, speaker: &Speaker) -> String {
        let mut query = format!("task={}&container={}", escape(&speaker.task), escape(&speaker.component));
        for (name, number) in [("tail", self.tail), ("since", self.since)] {
            query.extend(number.map(|number| format!("&{name}={number}")));
        }
        query.extend(self.search.as_deref().map(|text| format!("&q={}", escape(text))));
        for (name, is_so) in [("previous", self.previous), ("follow", self.follow)] {
            query.extend(is_so.then(|| format!("&{name}=true")));
        }
        self.app.path(&format!("/logs?{query}"))
    }

    /// Prints lines as they come, until no more will.
    async fn listen(&self, speaker: &Speaker, is_named: bool) -> Done {
        let mut events = self.app.reach.events(&self.place(speaker)).await?;
        while let Some((event, data)) = events.next().await? {
            let line = serde_json::from_str::<LogLine>(&data).ok().filter(|_| event == "line");
            let Some(line) = line else { continue };
            let time = line.at.map(|at| format!("{at} ")).unwrap_or_default();
            let name = if is_named { format!("{} ", speaker.task) } else { String::new() };
            println!("{name}{time}{}", line.text);
        }
        Ok(())
    }

    async fn ends(&self) -> Done {
        let mut found = self.app.reach.ask(Method::GET, &self.app.path("/ends"), None).await?;
        if let (Some(component), Some(ends)) = (&self.component, found["ends"].as_array_mut()) {
            ends.retain(|end| end["ended"]["component"] == component.as_str());
        }
        if self.app.reach.output != Output::Table {
            return print::document(&found, self.app.reach.output);
        }
        for end in found["ends"].as_array().into_iter().flatten().rev() {
            let ended: &Value = &end["ended"];
            let name = |key: &str| print::text(ended.get(key));
            println!("== {} {} {}", print::text(end.get("at")), name("component"), name("task"));
            println!("{}", print::text(ended.get("log")));
        }
        Ok(())
    }
}
