//! What people type: words in a line, and the options of a slash command with texts, numbers and
//! lengths of time. None of it breaks anything, and all of it is answered.

use std::str;

use gatehouse_commands::{
    Audience, Request, Value, Words,
    commands::{Command, CommandOption, Name, OptionKind},
};

use super::given::{Given, shown_reason};

/// Reads the first line as it is typed into a terminal; then the lines as a command's options.
///
/// ```text
/// clean unused older_than:30d      typed
/// clean                            the command
/// older_than=30d                   an option; `name:=value` is a number, `name:` a flag
/// ```
pub fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let given = Given::captured();
    let mut lines = text.split('\n');
    let typed = Words::typed(lines.next().unwrap_or_default().split_whitespace());
    given.answer(match typed {
        Ok(words) => Request::Command(words),
        Err(error) => Request::Misread(error),
    });
    let Some(command) = lines.next() else {
        return;
    };
    let words = Words {
        command: (!command.is_empty()).then(|| command.to_owned()),
        options: lines.map(option).collect(),
    };
    if let Some((option, value)) = words.options.last().cloned() {
        let typed = match value {
            Value::Text(text) => text,
            other => format!("{other:?}"),
        };
        given.answer(Request::Complete {
            words: words.clone(),
            option,
            typed,
        });
    }
    given.answer(Request::Message {
        texts: vec![text.to_owned()],
    });
    given.answer(Request::Submit {
        id: command.to_owned(),
        lines: vec![("reason".to_owned(), text.to_owned())],
        audience: Some(Audience::Private),
        reason: shown_reason(text),
    });
    given.answer(Request::Command(words));
}

fn option(line: &str) -> (String, Value) {
    let (name, value) = match line.split_once('=') {
        Some((name, text)) => (name, Value::Text(text.to_owned())),
        None => (line, Value::Other),
    };
    match (name.strip_suffix(':'), value) {
        (Some(name), Value::Text(number)) => {
            let number = number.parse().map_or(Value::Other, Value::Whole);
            (name.to_owned(), number)
        }
        (Some(name), _) => (name.to_owned(), Value::Flag(true)),
        (None, value) => (name.to_owned(), value),
    }
}

/// Every command with every option, and every value that an option offers.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for command in Name::ALL.map(Name::spec) {
        seeds.push(format!("{}\n{}", command.example, all_options(command)));
        for option in command.options {
            for value in values(option) {
                let Command { name, .. } = command;
                let CommandOption { name: option, .. } = option;
                seeds.push(format!("{name} {option}:{value}\n{name}\n{option}={value}"));
            }
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds.into_iter().map(String::into_bytes).collect()
}

fn all_options(command: &Command) -> String {
    let lines = command.options.iter().map(|option| {
        let CommandOption { name, example, .. } = option;
        match option.kind {
            OptionKind::Flag => format!("{name}:"),
            OptionKind::Whole { .. } => format!("{name}:={example}"),
            _ => format!("{name}={example}"),
        }
    });
    let name = command.name.to_owned();
    let lines: Vec<String> = std::iter::once(name).chain(lines).collect();
    lines.join("\n")
}

fn values(option: &CommandOption) -> Vec<String> {
    match option.kind {
        OptionKind::Choice(choices) => {
            let choices = choices().into_iter();
            choices.map(|choice| choice.value.to_owned()).collect()
        }
        OptionKind::Duration => ["30m", "12h", "30d", "2w"].map(str::to_owned).to_vec(),
        OptionKind::Whole { min, max } => vec![min.to_string(), max.to_string()],
        OptionKind::Text { .. } | OptionKind::Words { .. } | OptionKind::Flag => {
            vec![option.example.to_owned()]
        }
    }
}
