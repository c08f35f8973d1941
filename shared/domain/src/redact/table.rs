//! Forms that issuers of tokens made recognisable. Data only: each row says where its form is written down.
//!
//! Lengths are lower bounds, mostly below what an issuer writes today, so that a token that was cut is still found.

/// Which characters a token consists of after its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Digits and `a`–`f` in either case.
    Hex,
    /// Letters and digits.
    Alnum,
    /// Letters, digits, `_` and `-`.
    Word,
    /// As `Word`, with `.`.
    Dotted,
    /// As `Dotted`, with what base64 and percent-encoding add.
    Wide,
    /// Paths of addresses: as `Wide`, with `@` and `:`.
    Path,
}

impl Set {
    /// Whether a byte belongs to it.
    pub(super) fn has(self, b: u8) -> bool {
        match self {
            Self::Hex => b.is_ascii_hexdigit(),
            Self::Alnum => b.is_ascii_alphanumeric(),
            Self::Word => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'),
            Self::Dotted => Self::Word.has(b) || b == b'.',
            Self::Wide => Self::Dotted.has(b) || matches!(b, b'+' | b'/' | b'=' | b'~' | b'%'),
            Self::Path => Self::Wide.has(b) || matches!(b, b'@' | b':'),
        }
    }
}

/// One form of token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// How it begins, in exactly this case.
    pub(super) prefix: &'static str,
    pub(super) set: Set,
    /// How many characters follow at least.
    pub(super) least: usize,
    /// Whether the prefix is so short that it must begin a word, and what follows must hold a digit.
    pub(super) short: bool,
    /// How many characters stay readable: the prefix, if it is an address.
    pub(super) shown: usize,
}

/// A prefix that nothing else has, anywhere in a text.
const fn long(prefix: &'static str, set: Set, least: usize) -> Token {
    Token { prefix, set, least, short: false, shown: 0 }
}

/// A prefix that other words have too.
const fn short(prefix: &'static str, set: Set, least: usize) -> Token {
    Token { prefix, set, least, short: true, shown: 0 }
}

/// An address whose path is the secret.
const fn address(prefix: &'static str, least: usize) -> Token {
    Token { prefix, set: Set::Path, least, short: false, shown: prefix.len() }
}

use Set::{Alnum, Dotted, Hex, Wide, Word};

/// Sources: `[g]` the rules of gitleaks 8 (`config/gitleaks.toml`), `[d]` the plugins of detect-secrets, `[t]` the
/// detectors of trufflehog, `[h]` GitHub's list of supported secret scanning patterns, `[i]` the issuer's own manual.
pub(super) const TOKENS: &[Token] = &[
    // Slack: [g] slack-*, [i] token types. `xoxc` and `xoxd` are the client's own and its cookie.
    long("xoxb-", Wide, 10),
    long("xoxp-", Wide, 10),
    long("xoxa-", Wide, 10),
    long("xoxr-", Wide, 10),
    long("xoxs-", Wide, 10),
    long("xoxo-", Wide, 10),
    long("xoxc-", Wide, 10),
    long("xoxd-", Wide, 10),
    long("xoxe.", Wide, 10),
    long("xoxe-", Wide, 10),
    long("xapp-", Word, 10),
    long("xwfp-", Word, 10),
    address("hooks.slack.com/services/", 8),
    address("hooks.slack.com/workflows/", 8),
    address("hooks.slack.com/triggers/", 8),
    // Other chats: [g] microsoft-teams-webhook, [d] discord, telegram_token, [t] webhooks.
    address("discord.com/api/webhooks/", 8),
    address("discordapp.com/api/webhooks/", 8),
    address("webhook.office.com/webhookb2/", 8),
    address("webhook.office.com/webhook/", 8),
    address("api.telegram.org/bot", 20),
    address("hooks.zapier.com/hooks/catch/", 6),
    address("events.pagerduty.com/integration/", 16),
    // GitHub: [g] github-*, [i] token formats.
    long("ghp_", Alnum, 12),
    long("gho_", Alnum, 12),
    long("ghu_", Alnum, 12),
    long("ghs_", Dotted, 12),
    long("ghr_", Alnum, 12),
    long("github_pat_", Word, 12),
    // GitLab: [g] gitlab-*, [i] token overview.
    long("glpat-", Dotted, 12),
    long("gldt-", Word, 12),
    long("glrt-", Dotted, 12),
    long("glrtr-", Dotted, 12),
    long("glcbt-", Word, 12),
    long("glptt-", Word, 12),
    long("glft-", Word, 12),
    long("glimt-", Word, 12),
    long("glagent-", Word, 12),
    long("gloas-", Word, 12),
    long("glsoat-", Word, 12),
    long("glffct-", Word, 12),
    long("GR1348941", Word, 12),
    // Amazon: [g] aws-access-token; [d] amazon_bedrock, `ABSK` and what base64 makes of "BedrockAPIKey-".
    short("AKIA", Alnum, 12),
    short("ASIA", Alnum, 12),
    short("ABIA", Alnum, 12),
    short("ACCA", Alnum, 12),
    long("ABSKQmVkcm9ja0FQSUtleS", Wide, 20),
    // Google: [g] gcp-api-key, [t] googleoauth2 (`ya29.`, `GOCSPX-`), [i] refresh tokens begin with `1//0`.
    long("AIza", Word, 20),
    long("ya29.", Wide, 12),
    long("GOCSPX-", Word, 12),
    short("1//0", Word, 30),
    // Stripe: [g] stripe-access-token, [i] webhook secrets.
    long("sk_live_", Alnum, 8),
    long("sk_test_", Alnum, 8),
    long("sk_prod_", Alnum, 8),
    long("rk_live_", Alnum, 8),
    long("rk_test_", Alnum, 8),
    long("rk_prod_", Alnum, 8),
    short("whsec_", Wide, 12),
    // Models: [g] openai-, anthropic-, huggingface-, perplexity-; [t] groq, replicate, xai.
    short("sk-", Word, 12),
    long("sk-ant-", Word, 12),
    long("sk-proj-", Word, 12),
    long("sk-svcacct-", Word, 12),
    long("sk-or-v1-", Word, 12),
    short("hf_", Alnum, 24),
    long("api_org_", Alnum, 24),
    short("pplx-", Alnum, 24),
    short("gsk_", Alnum, 24),
    short("xai-", Alnum, 24),
    short("r8_", Alnum, 24),
    // Clouds and hosting: [g] by their names; [t] netlify v2, supabase, tailscale, vercel, render, cloudflare.
    long("dop_v1_", Hex, 16),
    long("doo_v1_", Hex, 16),
    long("dor_v1_", Hex, 16),
    short("nfp_", Alnum, 20),
    short("nfc_", Alnum, 20),
    short("fo1_", Word, 20),
    long("FlyV1 fm", Wide, 20),
    long("fm1a_", Wide, 30),
    long("fm1r_", Wide, 30),
    long("fm2_", Wide, 30),
    short("sbp_", Alnum, 20),
    long("sb_secret_", Word, 12),
    long("tskey-", Word, 10),
    short("rnd_", Alnum, 20),
    long("HRKU-", Word, 20),
    long("pscale_tkn_", Dotted, 12),
    long("pscale_pw_", Dotted, 12),
    long("pscale_oauth_", Dotted, 12),
    short("LTAI", Alnum, 12),
    short("v1.0-", Word, 60),
    short("tk-us-", Word, 30),
    short("dapi", Hex, 24),
    short("AQVN", Word, 30),
    long("4b1d", Alnum, 38),
    // Vault, Terraform, Doppler, age, 1Password, Pulumi, Infracost, OpenShift: [g] by their names.
    short("hvs.", Word, 12),
    short("hvb.", Word, 12),
    short("hvr.", Word, 12),
    long("dp.pt.", Alnum, 12),
    long("dp.st.", Dotted, 12),
    long("dp.ct.", Alnum, 12),
    long("dp.sa.", Alnum, 12),
    long("dp.scim.", Alnum, 12),
    long("dp.audit.", Alnum, 12),
    long("AGE-SECRET-KEY-1", Alnum, 12),
    short("A3-", Word, 26),
    long("ops_eyJ", Wide, 20),
    short("pul-", Hex, 24),
    short("ico-", Alnum, 24),
    short("sha256~", Word, 30),
    // Packages: [g] npm, pypi, rubygems, clojars; [t] Rust's registry, Docker Hub, NuGet; artifactory.
    long("npm_", Alnum, 20),
    long("pypi-AgE", Word, 12),
    short("pypi-", Word, 24),
    long("rubygems_", Hex, 12),
    short("cio", Alnum, 32),
    long("dckr_pat_", Word, 8),
    long("dckr_oat_", Word, 8),
    long("CLOJARS_", Alnum, 20),
    short("oy2", Alnum, 43),
    short("AKCp", Alnum, 40),
    short("cmVmd", Alnum, 40),
    // Observability: [g] grafana, new-relic, sentry, dynatrace; [h] Datadog's newer keys; Honeycomb.
    long("glsa_", Word, 12),
    long("glc_", Wide, 20),
    long("NRAK-", Alnum, 12),
    long("NRII-", Word, 12),
    long("NRJS-", Hex, 12),
    long("NRRA-", Hex, 12),
    long("sntrys_", Wide, 12),
    long("sntryu_", Hex, 12),
    long("dt0c01.", Dotted, 12),
    long("dt0s01.", Dotted, 12),
    long("dt0s16.", Dotted, 12),
    short("ddp_", Alnum, 24),
    // Work and design: [g] atlassian, linear, notion, postman, airtable, frameio, readme; [t] bitbucket, figma, asana.
    long("ATATT3", Wide, 12),
    long("ATCTT3", Wide, 12),
    short("ATBB", Wide, 20),
    long("lin_api_", Alnum, 12),
    long("lin_oauth_", Alnum, 12),
    short("ntn_", Alnum, 20),
    short("secret_", Alnum, 32),
    long("PMAK-", Word, 12),
    short("figd_", Word, 16),
    short("figo_", Word, 16),
    long("fio-u-", Word, 20),
    long("rdme_", Alnum, 30),
    short("pnu_", Alnum, 24),
    long("sgp_", Word, 24),
    // Mail and telephones: [g] sendgrid, sendinblue, mailgun, twilio; [d] twilio.
    short("SG.", Dotted, 30),
    long("xkeysib-", Word, 20),
    long("xsmtpsib-", Word, 20),
    short("key-", Hex, 32),
    short("SK", Hex, 32),
    short("AC", Hex, 32),
    short("re_", Word, 24),
    // Shops and payments: [g] shopify, square, shippo, duffel, flutterwave, easypost; [t] facebook, braintree, razorpay.
    long("shpat_", Hex, 12),
    long("shpca_", Hex, 12),
    long("shppa_", Hex, 12),
    long("shpss_", Hex, 12),
    long("sq0atp-", Word, 12),
    long("sq0csp-", Word, 12),
    short("EAAA", Word, 40),
    short("EAA", Alnum, 60),
    long("shippo_live_", Hex, 12),
    long("shippo_test_", Hex, 12),
    long("duffel_live_", Wide, 12),
    long("duffel_test_", Wide, 12),
    long("FLWSECK", Word, 12),
    short("EZAK", Alnum, 40),
    short("EZTK", Alnum, 40),
    long("access_token$production$", Alnum, 12),
    long("rzp_live_", Alnum, 10),
    // Others: [g] adobe, intra42, scalingo, authress, octopus-deploy, settlemint, typeform, dnkey.
    short("p8e-", Alnum, 24),
    long("s-s4t2ud-", Hex, 20),
    long("s-s4t2af-", Hex, 20),
    short("API-", Alnum, 26),
    long("sm_aat_", Alnum, 12),
    long("sm_pat_", Alnum, 12),
    long("sm_sat_", Alnum, 12),
    long("tfp_", Wide, 30),
    long("dnkey-", Word, 20),
    // JSON in base64: JSON Web Tokens and Grafana's older keys (`eyJrIjoi`); and a private key in base64.
    short("eyJ", Wide, 12),
    long("LS0tLS1CRUdJTiBSU0EgUFJJ", Wide, 12),
    long("LS0tLS1CRUdJTiBQUklWQVRF", Wide, 12),
    long("LS0tLS1CRUdJTiBFQyBQUklW", Wide, 12),
    long("LS0tLS1CRUdJTiBPUEVOU1NI", Wide, 12),
];

/// A mark in the middle of a token, with the least number and the set of characters before and after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inner {
    pub(super) mark: &'static str,
    pub(super) before: (Set, usize),
    pub(super) after: (Set, usize),
}

const fn inner(mark: &'static str, before: (Set, usize), after: (Set, usize)) -> Inner {
    Inner { mark, before, after }
}

/// Terraform Cloud, Mailchimp, MaxMind, Azure's client secrets, Telegram's bots, Airtable, Harness, Asana; their
/// sources are `g`, `d` and `t`.
pub(super) const INNER: &[Inner] = &[
    inner(".atlasv1.", (Alnum, 14), (Word, 30)),
    inner("-us", (Hex, 32), (Alnum, 1)),
    inner("_mmk", (Word, 32), (Alnum, 0)),
    inner("0Q~", (Dotted, 3), (Dotted, 28)),
    inner("1Q~", (Dotted, 3), (Dotted, 28)),
    inner("2Q~", (Dotted, 3), (Dotted, 28)),
    inner("3Q~", (Dotted, 3), (Dotted, 28)),
    inner("4Q~", (Dotted, 3), (Dotted, 28)),
    inner("5Q~", (Dotted, 3), (Dotted, 28)),
    inner("6Q~", (Dotted, 3), (Dotted, 28)),
    inner("7Q~", (Dotted, 3), (Dotted, 28)),
    inner("8Q~", (Dotted, 3), (Dotted, 28)),
    inner("9Q~", (Dotted, 3), (Dotted, 28)),
    inner(":AA", (Alnum, 8), (Word, 30)),
];
