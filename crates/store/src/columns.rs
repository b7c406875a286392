//! Rows as structs.

/// A struct of columns with the names of its fields. The library has a macro for that, too, for which the compiler would
/// build both of its drivers once more, for itself.
macro_rules! row {
    ($(#[$about:meta])* $seen:vis struct $name:ident { $($(#[$what:meta])* $open:vis $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        $seen struct $name {
            $($(#[$what])* $open $field: $kind,)*
        }

        impl<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> for $name {
            fn from_row(row: &'r sqlx::any::AnyRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: sqlx::Row::try_get(row, stringify!($field))?,)* })
            }
        }
    };
}
pub(crate) use row;
