//! `audit list` and `audit export`: the trail through the server.

use clap::Args;
use reqwest::Method;
use slipway_app::ways::escape;

use super::{Done, print, reach::Reach};

/// Which rows.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    reach: Reach,
    /// A part of any text of the row
    #[arg(long)]
    search: Option<String>,
    /// Who, exactly
    #[arg(long)]
    actor: Option<String>,
    /// What, exactly
    #[arg(long)]
    action: Option<String>,
    /// To what, exactly
    #[arg(long, value_name = "OBJECT")]
    object: Option<String>,
    /// How the outcome begins: accepted, refused, succeeded, failed, used
    #[arg(long)]
    outcome: Option<String>,
    /// Not before this day or moment
    #[arg(long)]
    from: Option<String>,
    /// Before this day or moment
    #[arg(long)]
    until: Option<String>,
}

impl AuditArgs {
    fn query(&self) -> String {
        let given = [
            ("q", &self.search),
            ("actor", &self.actor),
            ("action", &self.action),
            ("object", &self.object),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("until", &self.until),
        ];
        let given = given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        given.map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
    }

    /// The newest hundred.
    pub async fn list(&self) -> Done {
        let found = self.reach.ask(Method::GET, &format!("audit?{}", self.query()), None).await?;
        let columns = &[
            ("NO", "/seq"),
            ("TIME", "/at"),
            ("WHO", "/actor"),
            ("ACTION", "/action"),
            ("OBJECT", "/object"),
            ("OUTCOME", "/outcome"),
            ("FROM", "/address"),
        ];
        print::list(&found, "/entries", columns, self.reach.output)
    }

    /// All of them.
    pub async fn export(&self) -> Done {
        let lines = self.reach.fetch(Method::GET, &format!("audit/export?{}", self.query()), None).await?;
        print!("{lines}");
        Ok(())
    }
}
