//! What a library exports, read from the metadata that its macros left in it: a line a thing, in a fixed order, so that
//! a change of the surface is a change of lines.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a generator talks on its streams"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;

use camino::Utf8Path;
use uniffi_bindgen::macro_metadata::extract_from_library;
use uniffi_meta::{
    DefaultValueMetadata, EnumMetadata, EnumShape, FieldMetadata, FnParamMetadata, LiteralMetadata, Metadata,
    ObjectImpl, Type, VariantMetadata,
};

pub(crate) fn print(library: &str) -> ExitCode {
    match extract_from_library(Utf8Path::new(library)) {
        Ok(items) => {
            print!("{}", text(items));
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("{library}: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn text(items: Vec<Metadata>) -> String {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut lines = Vec::new();
    for item in items {
        let (kind, written) = match item {
            Metadata::Namespace(_) | Metadata::UdlFile(_) => continue,
            Metadata::Func(f) => (
                "functions",
                signature("fn", &f.name, f.is_async, &f.inputs, f.return_type, f.throws),
            ),
            Metadata::Object(o) => match o.imp {
                ObjectImpl::Struct => ("objects", format!("object {}", o.name)),
                ObjectImpl::Trait(kind) => ("foreign traits", format!("trait {} ({kind:?})", o.name)),
            },
            Metadata::CallbackInterface(c) => ("foreign traits", format!("callback interface {}", c.name)),
            Metadata::Record(r) => (
                "records",
                format!("record {} {{ {} }}", r.name, fields(&r.fields)),
            ),
            Metadata::Enum(e) => (
                match e.shape {
                    EnumShape::Enum => "enums",
                    EnumShape::Error { .. } => "errors",
                },
                enumeration(&e),
            ),
            Metadata::Constructor(c) => (
                "constructors",
                signature(
                    &format!("object {} constructor", c.self_name),
                    &c.name,
                    c.is_async,
                    &c.inputs,
                    None,
                    c.throws,
                ),
            ),
            Metadata::Method(m) => (
                "methods",
                signature(
                    &format!("object {} fn", m.self_name),
                    &m.name,
                    m.is_async,
                    &m.inputs,
                    m.return_type,
                    m.throws,
                ),
            ),
            Metadata::TraitMethod(m) => (
                "trait methods",
                signature(
                    &format!("trait {} fn", m.trait_name),
                    &m.name,
                    m.is_async,
                    &m.inputs,
                    m.return_type,
                    m.throws,
                ),
            ),
            Metadata::CustomType(c) => (
                "custom types",
                format!("custom {} = {}", c.name, spelt(&c.builtin)),
            ),
            Metadata::UniffiTrait(t) => ("derived traits", format!("derived {t:?}")),
            Metadata::ObjectTraitImpl(t) => (
                "implementations",
                format!("impl {} for {}", spelt(&t.trait_ty), spelt(&t.ty)),
            ),
        };
        *counts.entry(kind).or_default() += 1;
        lines.push(written);
    }
    lines.sort();
    let counted: Vec<_> = counts
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    format!("# {}\n{}\n", counted.join(", "), lines.join("\n"))
}

fn signature(
    kind: &str,
    name: &str,
    is_async: bool,
    inputs: &[FnParamMetadata],
    returned: Option<Type>,
    throws: Option<Type>,
) -> String {
    let inputs: Vec<_> = inputs
        .iter()
        .map(|input| {
            format!(
                "{}: {}{}",
                input.name,
                spelt(&input.ty),
                default(input.default.as_ref())
            )
        })
        .collect();
    let is_async = if is_async { "async " } else { "" };
    let returned = returned.map_or(String::new(), |ty| format!(" -> {}", spelt(&ty)));
    let throws = throws.map_or(String::new(), |ty| format!(" throws {}", spelt(&ty)));
    format!("{kind} {is_async}{name}({}){returned}{throws}", inputs.join(", "))
}

fn enumeration(e: &EnumMetadata) -> String {
    let kind = match e.shape {
        EnumShape::Enum => "enum",
        EnumShape::Error { .. } => "error",
    };
    let variant = |v: &VariantMetadata| match v.fields.as_slice() {
        [] => v.name.clone(),
        some => format!("{}({})", v.name, fields(some)),
    };
    let variants: Vec<_> = e.variants.iter().map(variant).collect();
    format!("{kind} {} {{ {} }}", e.name, variants.join(", "))
}

fn fields(fields: &[FieldMetadata]) -> String {
    let written: Vec<_> = fields
        .iter()
        .map(|field| {
            let default = default(field.default.as_ref());
            match field.name.as_str() {
                "" => spelt(&field.ty),
                name => format!("{name}: {}{default}", spelt(&field.ty)),
            }
        })
        .collect();
    written.join(", ")
}

fn default(value: Option<&DefaultValueMetadata>) -> String {
    match value {
        None => String::new(),
        Some(DefaultValueMetadata::Default) => " = default".to_owned(),
        Some(DefaultValueMetadata::Literal(LiteralMetadata::None)) => " = none".to_owned(),
        Some(DefaultValueMetadata::Literal(literal)) => format!(" = {literal:?}"),
    }
}

fn spelt(ty: &Type) -> String {
    match ty {
        Type::Object { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::CallbackInterface { name, .. }
        | Type::Custom { name, .. } => name.clone(),
        Type::Box { inner_type } => spelt(inner_type),
        Type::Optional { inner_type } => format!("{}?", spelt(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", spelt(inner_type)),
        Type::Set { inner_type } => format!("{{{}}}", spelt(inner_type)),
        Type::Map { key_type, value_type } => format!("{{{}: {}}}", spelt(key_type), spelt(value_type)),
        plain => format!("{plain:?}"),
    }
}
