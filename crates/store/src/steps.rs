//! The steps by which the schema came to be what it is, built in.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

macro_rules! steps {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../../migrations/", $name, ".sql")))),*]
    };
}

/// The files of the folder `migrations`, by their names.
const STEPS: [(&str, &str); 13] = steps! {
    "0001_start"
    "0002_history"
    "0003_plans"
    "0004_images"
    "0005_warnings"
    "0006_audit"
    "0007_tokens"
    "0008_visits"
    "0010_people"
    "0012_keys"
    "0013_recent"
    "0014_quick"
    "0015_under_way"
};

/// All of them, in their order.
pub(crate) fn steps() -> Migrator {
    let steps = STEPS.iter().filter_map(|(file, text)| {
        let (number, name) = file.split_once('_')?;
        let name = name.replace('_', " ").into();
        Some(Migration::new(number.parse().ok()?, name, MigrationType::Simple, text.into_sql_str(), false))
    });
    Migrator::with_migrations(steps.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_is_left_out_and_each_has_its_number() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(STEPS.map(|(name, _)| format!("{name}.sql")).as_slice(), files);
        assert_eq!(steps().iter().count(), STEPS.len());
    }
}
