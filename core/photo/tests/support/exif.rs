//! A writer of EXIF blocks (TIFF 6.0, Exif 2.32): only what tests need, able to write nonsense on request.

/// A field: tag, type and value bytes in big-endian order.
#[derive(Clone)]
pub struct Field {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

pub fn short(tag: u16, value: u16) -> Field {
    Field {
        tag,
        kind: 3,
        count: 1,
        value: value.to_be_bytes().to_vec(),
    }
}

pub fn byte(tag: u16, value: u8) -> Field {
    Field {
        tag,
        kind: 1,
        count: 1,
        value: vec![value],
    }
}

/// Text, closed with a NUL.
pub fn ascii(tag: u16, text: &str) -> Field {
    raw_ascii(tag, format!("{text}\0").as_bytes())
}

pub fn raw_ascii(tag: u16, value: &[u8]) -> Field {
    Field {
        tag,
        kind: 2,
        count: value.len() as u32,
        value: value.to_vec(),
    }
}

pub fn undefined(tag: u16, value: &[u8]) -> Field {
    Field {
        tag,
        kind: 7,
        count: value.len() as u32,
        value: value.to_vec(),
    }
}

pub fn rationals(tag: u16, values: &[(u32, u32)]) -> Field {
    let value = values
        .iter()
        .flat_map(|(a, b)| [a.to_be_bytes(), b.to_be_bytes()].concat())
        .collect();
    Field {
        tag,
        kind: 5,
        count: values.len() as u32,
        value,
    }
}

/// An EXIF block: fields of the main, the EXIF and the GPS directory.
#[derive(Clone, Default)]
pub struct Exif {
    pub main: Vec<Field>,
    pub exif: Vec<Field>,
    pub gps: Vec<Field>,
}

impl Exif {
    /// A block as phones write it in Huế: 16°27'49.32" N, 107°35'27.24" E.
    pub fn hue() -> Self {
        Self {
            main: vec![short(0x0112, 1)],
            exif: vec![
                ascii(0x9003, "2026:03:04 05:06:07"),
                ascii(0x9011, "+07:00"),
                ascii(0x9291, "0887"),
            ],
            gps: vec![
                ascii(0x01, "N"),
                rationals(0x02, &[(16, 1), (27, 1), (4932, 100)]),
                ascii(0x03, "E"),
                rationals(0x04, &[(107, 1), (35, 1), (2724, 100)]),
            ],
        }
    }

    pub fn with_orientation(orientation: u16) -> Self {
        Self {
            main: vec![short(0x0112, orientation)],
            ..Self::default()
        }
    }

    /// Replaces or adds a field of the GPS directory.
    pub fn gps(mut self, field: Field) -> Self {
        put(&mut self.gps, field);
        self
    }

    pub fn without_gps(mut self, tag: u16) -> Self {
        self.gps.retain(|field| field.tag != tag);
        self
    }

    /// Replaces or adds a field of the EXIF directory.
    pub fn exif(mut self, field: Field) -> Self {
        put(&mut self.exif, field);
        self
    }

    pub fn without_exif(mut self, tag: u16) -> Self {
        self.exif.retain(|field| field.tag != tag);
        self
    }

    /// The block, big-endian.
    pub fn bytes(&self) -> Vec<u8> {
        let mut main = self.main.clone();
        // Directory sizes are known before their places: 2 + 12 n + 4, and values behind each directory.
        let pointers = usize::from(!self.exif.is_empty()) + usize::from(!self.gps.is_empty());
        let mut at = 8 + size(&main) + 12 * pointers;
        let mut tail = Vec::new();
        for (tag, fields) in [(0x8769, &self.exif), (0x8825, &self.gps)] {
            if fields.is_empty() {
                continue;
            }
            put(
                &mut main,
                Field {
                    tag,
                    kind: 4,
                    count: 1,
                    value: (at as u32).to_be_bytes().to_vec(),
                },
            );
            tail.extend(directory(fields, at));
            at += size(fields);
        }
        [b"MM\0\x2a\0\0\0\x08".to_vec(), directory(&main, 8), tail].concat()
    }
}

fn put(fields: &mut Vec<Field>, field: Field) {
    fields.retain(|other| other.tag != field.tag);
    fields.push(field);
    fields.sort_by_key(|field| field.tag);
}

fn size(fields: &[Field]) -> usize {
    let values: usize = fields
        .iter()
        .map(|field| field.value.len())
        .filter(|length| *length > 4)
        .sum();
    2 + 12 * fields.len() + 4 + values
}

fn directory(fields: &[Field], at: usize) -> Vec<u8> {
    let mut entries = (fields.len() as u16).to_be_bytes().to_vec();
    let mut values: Vec<u8> = Vec::new();
    let values_at = at + 2 + 12 * fields.len() + 4;
    for field in fields {
        entries.extend(field.tag.to_be_bytes());
        entries.extend(field.kind.to_be_bytes());
        entries.extend(field.count.to_be_bytes());
        if field.value.len() > 4 {
            entries.extend(((values_at + values.len()) as u32).to_be_bytes());
            values.extend(&field.value);
        } else {
            let mut value = field.value.clone();
            value.resize(4, 0);
            entries.extend(value);
        }
    }
    entries.extend([0; 4]);
    entries.extend(values);
    entries
}
