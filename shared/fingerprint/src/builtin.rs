//! The built-in rules by name, so that each can be turned off, and its effect can be measured.

/// Declares the enum once: name, text and order cannot drift apart.
macro_rules! built_in {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// A built-in rule. All are on by default; `examples/ablation.rs` prints what each brings.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum BuiltIn {
            $($(#[doc = $doc])+ $name,)+
        }

        impl BuiltIn {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The rule's name, as a catalogue writes it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

built_in! {
    /// Timestamps, levels, hosts, process numbers, threads and loggers before the message are no part of it.
    Header = "header",
    /// A date in words within the message (`Fri Jun 17 07:07:00 2005`) is one variable.
    Dates = "dates",
    /// Absolute paths, relative ones with two slashes or more, and URLs are variables.
    Paths = "paths",
    /// IP addresses and host names that end in a well-known domain are variables; so are e-mail addresses.
    Hosts = "hosts",
    /// An address and the name beside it are one variable: `1.2.3.4 (host)`, `1.2.3.4 ()`, `host[1.2.3.4]`.
    AddressNames = "address-names",
    /// Hexadecimal words, UUIDs and words in which letters and digits alternate are variables.
    Ids = "ids",
    /// Up to two letters between two variables of one word belong to them: `_m_` in `attempt_1_m_2`.
    Infixes = "infixes",
    /// Variables with nothing but marks between them are one: `1, 2, 3` and `1.2.3`.
    Lists = "lists",
    /// The same word with a variable, again and again, is one: `blk_1 blk_2 blk_3`.
    Repeats = "repeats",
    /// Units belong to the number before them, and so does `<`: `4 KB`, `12ms`, `<1 s`.
    Units = "units",
    /// The name after `for user`, `by user` or `invalid user`, and between `for` and `from`.
    Users = "users",
    /// One word in quotes is a value, unless it is a key (`'name': …`) or names a state (`state 'active'`); so is
    /// what stands in quotes behind `=`.
    Quoted = "quoted",
    /// Reversed domains (`com.example.shop`) are variables, unless they name an exception or an error.
    Packages = "packages",
    /// Names of data files (`report-7.json`) are variables; names of source files are not.
    Files = "files",
    /// Well-known terms keep their digits: `IPv6`, `S3`, `SHA256`.
    Terms = "terms",
    /// One letter and up to three digits are a code: `C5`, `J12`, `v2`.
    Codes = "codes",
    /// Stars before digits hide a part of one value: `****1234`.
    Redacted = "redacted",
    /// A number behind `status`, `exit code`, `signal`, `errno` and their like is a code and stays.
    StatusCodes = "status-codes",
    /// What stands behind `key=` is a value, unless the key says what happened (`state=`, `error=`); so is a quoted name
    /// of several words.
    Places = "places",
    /// Brackets with nothing but values, of any number: `(1, 2), (3, 4)`, `10 bytes (0.01 KB)`, `{id}`.
    Groups = "groups",
    /// A bare number before the first word is no part of the message.
    LeadingNumbers = "leading-numbers",
}

/// Which built-in rules are on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Switches(u32);

impl Switches {
    pub(crate) const ALL: Self = Self(u32::MAX);

    pub(crate) fn without(self, rule: BuiltIn) -> Self {
        Self(self.0 & !(1 << rule as u32))
    }

    #[inline(always)]
    pub(crate) fn has(self, rule: BuiltIn) -> bool {
        self.0 & (1 << rule as u32) != 0
    }
}
