//! Lists by the time at which their things came into being, from either end.

/// Puts a boxed query into the order of a [`ListPlace`](crate::domain::list::ListPlace) of what the column holds, from there on.
macro_rules! placed {
    ($query:expr, $column:expr, $place:expr) => {{
        let query = $query;
        match $place {
            crate::domain::list::ListPlace::Newest(None) => query.order($column.desc()),
            crate::domain::list::ListPlace::Newest(Some(past)) => query.filter($column.lt(past)).order($column.desc()),
            crate::domain::list::ListPlace::Oldest(None) => query.order($column.asc()),
            crate::domain::list::ListPlace::Oldest(Some(past)) => query.filter($column.gt(past)).order($column.asc()),
        }
    }};
}

pub(super) use placed;
