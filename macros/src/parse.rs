//! From tokens to the model; every error points at the token that is wrong.
//!
//! A mistake does not hide the next one: parsing continues after it, at the next field, setting or
//! item.

mod action;
mod attributes;
mod field;
mod names;
mod pages;
mod recover;
mod taken;
mod values;

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitStr, Path, Token, Visibility};

use self::field::{Block, fields};
use self::names::unique;
use crate::errors::Errors;
use crate::model::{Api, Dialect, Methods, Object, Registry};

mod keyword {
    syn::custom_keyword!(action);
    syn::custom_keyword!(examples);
    syn::custom_keyword!(operation);
    syn::custom_keyword!(object);
    syn::custom_keyword!(registry);
    syn::custom_keyword!(values);
    syn::custom_keyword!(version);
}

impl Parse for Api {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let root = Path::parse_mod_style(input)?;
        input.parse::<Token![,]>()?;
        input.parse::<keyword::version>()?;
        input.parse::<Token![=]>()?;
        let version = input.parse()?;
        input.parse::<Token![;]>()?;
        let mut api = Self {
            root,
            version,
            methods: methods(input)?,
            examples: examples(input)?,
            registry: registry(input)?,
            actions: Vec::new(),
            objects: Vec::new(),
            values: Vec::new(),
        };
        let mut errors = Errors::default();
        while !input.is_empty() {
            let read = item(input, &mut api, &mut errors);
            if errors.take(read).is_none() {
                recover::past_item(input);
            }
        }
        let names = api.actions.iter().map(|action| &action.name);
        let names = names.chain(api.objects.iter().map(|object| &object.name));
        unique(names.chain(api.values.iter().map(|values| &values.name)), "declared", &mut errors);
        if let Methods::Trait(..) = api.methods {
            api.actions.iter().for_each(|action| taken::check(action, &mut errors));
        }
        errors.none_in(api)
    }
}

/// `impl Client;`, `pub trait Name;`, or nothing.
fn methods(input: ParseStream<'_>) -> syn::Result<Methods> {
    let ahead = input.fork();
    let visibility: Visibility = ahead.parse()?;
    let methods = if input.peek(Token![impl]) {
        input.parse::<Token![impl]>()?;
        Methods::Inherent(input.parse()?)
    } else if ahead.peek(Token![trait]) {
        input.parse::<Visibility>()?;
        input.parse::<Token![trait]>()?;
        Methods::Trait(visibility, input.parse()?)
    } else {
        return Ok(Methods::None);
    };
    input.parse::<Token![;]>()?;
    Ok(methods)
}

/// `examples = "client";`, or nothing.
fn examples(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    if !input.peek(keyword::examples) {
        return Ok(None);
    }
    input.parse::<keyword::examples>()?;
    input.parse::<Token![=]>()?;
    let client = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Some(client))
}

/// `pub registry NAME;`, or nothing.
fn registry(input: ParseStream<'_>) -> syn::Result<Option<Registry>> {
    let ahead = input.fork();
    let visibility: Visibility = ahead.parse()?;
    if !ahead.peek(keyword::registry) {
        return Ok(None);
    }
    input.parse::<Visibility>()?;
    input.parse::<keyword::registry>()?;
    let name = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Some(Registry { visibility, name }))
}

fn item(input: ParseStream<'_>, api: &mut Api, errors: &mut Errors) -> syn::Result<()> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    let kind = input.lookahead1();
    if kind.peek(keyword::object) {
        input.parse::<keyword::object>()?;
        api.objects.push(object(input, attributes, visibility, errors)?);
    } else if kind.peek(keyword::values) {
        input.parse::<keyword::values>()?;
        api.values.push(values::values(input, attributes, visibility, errors)?);
    } else if kind.peek(keyword::action) {
        input.parse::<keyword::action>()?;
        let action = action::action(input, attributes, visibility, Dialect::Rpc, errors)?;
        api.actions.extend(action);
    } else if kind.peek(keyword::operation) {
        input.parse::<keyword::operation>()?;
        let action = action::action(input, attributes, visibility, Dialect::Protobuf, errors)?;
        api.actions.extend(action);
    } else {
        return Err(kind.error());
    }
    Ok(())
}

fn object(
    input: ParseStream<'_>,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    errors: &mut Errors,
) -> syn::Result<Object> {
    Ok(Object {
        attributes,
        visibility,
        name: input.parse()?,
        fields: fields(input, Dialect::Rpc, Block::Object, errors)?,
    })
}
