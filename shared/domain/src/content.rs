//! The canonical bytes of a value: what a content hash is made of.
//!
//! They are made of what serde would store, so that each type says only once what it is. Fields and keys stand in the
//! order of their names; each text begins with its length, each kind of value with a letter: so no two different
//! values give the same bytes. A field that is left out at its default adds no bytes, so a new field with a default
//! changes no hash.

use serde::Serialize;
use serde::ser::{self, Serializer};
use std::fmt::{self, Display};

/// The canonical bytes of a value.
///
/// # Errors
/// When it holds something without a canonical form: a number that is not whole.
pub(crate) fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, NoForm> {
    value.serialize(Canonical)
}

/// The canonical bytes of a value of texts, whole numbers, lists and maps; such a value always has them. If it had
/// none, its `Debug` form would be used, which differs for different values too.
pub(crate) fn canonical_or_shown<T: Serialize + fmt::Debug>(value: &T) -> Vec<u8> {
    canonical(value).unwrap_or_else(|_| format!("{value:?}").into_bytes())
}

/// A value has no canonical form.
#[derive(Debug)]
pub(crate) struct NoForm(String);

impl Display for NoForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoForm {}

impl ser::Error for NoForm {
    fn custom<T: Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

struct Canonical;

fn text(kind: u8, text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 9);
    bytes.push(kind);
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text);
    bytes
}

/// Some values in a row.
struct Row(Vec<Vec<u8>>);

impl Row {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        self.0.push(canonical(value)?);
        Ok(())
    }

    fn end(self) -> Vec<u8> {
        let mut bytes = text(b'l', &[]);
        self.0.iter().for_each(|value| bytes.extend(text(b'.', value)));
        text(b'l', &bytes)
    }
}

/// Names and values; the variant's name, where it is one of an enum.
struct Named {
    variant: Option<&'static str>,
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Named {
    fn new(variant: Option<&'static str>) -> Self {
        Self { variant, pairs: vec![] }
    }

    fn pair<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), NoForm> {
        self.pairs.push((canonical(name)?, canonical(value)?));
        Ok(())
    }

    fn end(mut self) -> Vec<u8> {
        self.pairs.sort();
        let mut bytes = vec![];
        for (name, value) in &self.pairs {
            bytes.extend_from_slice(name);
            bytes.extend(text(b'.', value));
        }
        let bytes = text(b'm', &bytes);
        match self.variant {
            None => bytes,
            Some(name) => variant(name, &bytes),
        }
    }
}

fn variant(name: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = text(b's', name.as_bytes());
    bytes.extend_from_slice(value);
    text(b'v', &bytes)
}

macro_rules! whole {
    ($($name:ident $type:ty),*) => {
        $(fn $name(self, number: $type) -> Result<Vec<u8>, NoForm> {
            Ok(text(b'n', number.to_string().as_bytes()))
        })*
    };
}

impl Serializer for Canonical {
    type Ok = Vec<u8>;
    type Error = NoForm;
    type SerializeSeq = Row;
    type SerializeTuple = Row;
    type SerializeTupleStruct = Row;
    type SerializeTupleVariant = ser::Impossible<Vec<u8>, NoForm>;
    type SerializeMap = Map;
    type SerializeStruct = Named;
    type SerializeStructVariant = Named;

    whole!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);
    whole!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);

    fn serialize_bool(self, is: bool) -> Result<Vec<u8>, NoForm> {
        Ok(text(b'b', &[u8::from(is)]))
    }
    fn serialize_f32(self, _: f32) -> Result<Vec<u8>, NoForm> {
        Err(NoForm("a number that is not whole".into()))
    }
    fn serialize_f64(self, _: f64) -> Result<Vec<u8>, NoForm> {
        Err(NoForm("a number that is not whole".into()))
    }
    fn serialize_char(self, c: char) -> Result<Vec<u8>, NoForm> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, it: &str) -> Result<Vec<u8>, NoForm> {
        Ok(text(b's', it.as_bytes()))
    }
    fn serialize_bytes(self, bytes: &[u8]) -> Result<Vec<u8>, NoForm> {
        Ok(text(b'x', bytes))
    }
    fn serialize_none(self) -> Result<Vec<u8>, NoForm> {
        self.serialize_unit()
    }
    /// An optional value is written as the value itself, as serde's own formats do.
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Vec<u8>, NoForm> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Vec<u8>, NoForm> {
        Ok(text(b'0', &[]))
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Vec<u8>, NoForm> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<Vec<u8>, NoForm> {
        self.serialize_str(name)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Vec<u8>, NoForm> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Vec<u8>, NoForm> {
        Ok(variant(name, &canonical(value)?))
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Row, NoForm> {
        Ok(Row(vec![]))
    }
    fn serialize_tuple(self, _: usize) -> Result<Row, NoForm> {
        Ok(Row(vec![]))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Row, NoForm> {
        Ok(Row(vec![]))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoForm> {
        Err(NoForm(format!("{name} has no names for its fields")))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Map, NoForm> {
        Ok(Map { named: Named::new(None), key: vec![] })
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Named, NoForm> {
        Ok(Named::new(None))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Named, NoForm> {
        Ok(Named::new(Some(name)))
    }
}

macro_rules! row {
    ($($trait:ident $add:ident),*) => {
        $(impl ser::$trait for Row {
            type Ok = Vec<u8>;
            type Error = NoForm;
            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
                self.push(value)
            }
            fn end(self) -> Result<Vec<u8>, NoForm> {
                Ok(self.end())
            }
        })*
    };
}
row!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

macro_rules! fields {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Named {
            type Ok = Vec<u8>;
            type Error = NoForm;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), NoForm> {
                self.pair(name, value)
            }
            fn end(self) -> Result<Vec<u8>, NoForm> {
                Ok(self.end())
            }
        })*
    };
}
fields!(SerializeStruct, SerializeStructVariant);

/// A map, and the key whose value comes next.
struct Map {
    named: Named,
    key: Vec<u8>,
}

impl ser::SerializeMap for Map {
    type Ok = Vec<u8>;
    type Error = NoForm;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoForm> {
        self.key = canonical(key)?;
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoForm> {
        let key = std::mem::take(&mut self.key);
        self.named.pairs.push((key, canonical(value)?));
        Ok(())
    }
    fn end(self) -> Result<Vec<u8>, NoForm> {
        Ok(self.named.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, HashSet};

    #[derive(Serialize)]
    struct Now {
        b: &'static str,
        a: Option<u8>,
    }

    /// The same fields in another order, and one more that has its default.
    #[derive(Serialize)]
    struct Later {
        a: Option<u8>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        added: Vec<u8>,
        b: &'static str,
    }

    #[test]
    fn a_field_that_is_added_with_its_default_changes_nothing() {
        let now = canonical(&Now { b: "x", a: Some(1) }).unwrap();
        let later = |added| canonical(&Later { a: Some(1), added, b: "x" }).unwrap();
        assert_eq!(now, later(vec![]));
        assert_ne!(now, later(vec![0]));
    }

    #[test]
    fn no_two_values_have_the_same_bytes() {
        #[derive(Serialize)]
        enum Is {
            A,
            B(&'static str),
            C { a: u8 },
        }
        let map = |pairs: &[(&'static str, &'static str)]| BTreeMap::from_iter(pairs.iter().copied());
        let all = [
            canonical("").unwrap(),
            canonical("a").unwrap(),
            canonical(&["a"]).unwrap(),
            canonical(&["a", "b"]).unwrap(),
            canonical(&["ab"]).unwrap(),
            canonical(&[["a"], ["b"]]).unwrap(),
            canonical(&[vec!["a", "b"]]).unwrap(),
            canonical(&[vec!["a", "b"], vec![]]).unwrap(),
            canonical(&map(&[])).unwrap(),
            canonical(&map(&[("a", "b")])).unwrap(),
            canonical(&map(&[("a", ""), ("b", "")])).unwrap(),
            canonical(&map(&[("ab", "")])).unwrap(),
            canonical(&1u8).unwrap(),
            canonical("1").unwrap(),
            canonical(&true).unwrap(),
            canonical(&()).unwrap(),
            canonical(&Is::A).unwrap(),
            canonical(&Is::B("")).unwrap(),
            canonical(&Is::B("A")).unwrap(),
            canonical(&Is::C { a: 1 }).unwrap(),
            canonical(&Now { b: "", a: None }).unwrap(),
        ];
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        // A whole number has the same bytes in every width.
        assert_eq!(canonical(&1u8).unwrap(), canonical(&1i64).unwrap());
        assert!(canonical(&0.5).is_err(), "there is no one form of these");
    }
}
