//! Enums that the other side may extend. An unknown value is kept and is not an error.

/// Declares an enum over the values of a JSON string. Reading ignores ASCII case (a DANA sample has `"PENDING"`)
/// and accepts the listed aliases. Writing uses the first value. Any other value is kept in `Unknown`.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$vmeta:meta])* $variant:ident = $value:literal $(| $alias:literal)* ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
            /// A value that this version does not know, unchanged. It never means paid.
            Unknown(String),
        }

        impl $name {
            /// All known values, in the order of their declaration.
            pub const ALL: &[Self] = &[ $( Self::$variant, )+ ];

            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $value, )+
                    Self::Unknown(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                // A table: a chain of comparisons is many times its bytes in the page.
                static KNOWN: &[(&str, $name)] = &[ $( ($value, $name::$variant), $( ($alias, $name::$variant), )* )+ ];
                let known = KNOWN.iter().find(|(known, _)| value.eq_ignore_ascii_case(known));
                known.map_or_else(|| Self::Unknown(value.to_owned()), |(_, known)| known.clone())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Ok(Self::from(value.as_ref()))
            }
        }
    };
}

pub(crate) use open_enum;
