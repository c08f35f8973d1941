//! Workflows as scripts: which inputs they take, what their jobs do, and for how long.
//!
//! A script is data. [`super::timeline`] computes what a run of it looks like at a moment.

/// How a step ends if nobody cancels it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// It succeeds.
    Success,
    /// It fails, and the later steps of the job are skipped.
    Failure,
    /// It does not end by itself: the run has to be cancelled.
    Hang,
}

/// One step of a job.
#[derive(Clone, Debug)]
pub struct Step {
    /// The name that the page shows.
    pub name: String,
    /// How long it takes.
    pub seconds: f64,
    /// How it ends.
    pub ends: Ends,
    /// What it prints, lines separated by `\n`.
    pub log: String,
}

impl Step {
    /// A step that succeeds.
    pub fn new(name: impl Into<String>, seconds: f64) -> Step {
        Step { name: name.into(), seconds, ends: Ends::Success, log: String::new() }
    }

    /// A step that fails after it printed `log`.
    pub fn failing(name: impl Into<String>, seconds: f64, log: impl Into<String>) -> Step {
        Step { ends: Ends::Failure, log: log.into(), ..Step::new(name, seconds) }
    }

    /// A step that never ends by itself.
    pub fn hanging(name: impl Into<String>) -> Step {
        Step { ends: Ends::Hang, ..Step::new(name, 0.0) }
    }

    /// The same step with this output.
    #[must_use]
    pub fn log(mut self, log: impl Into<String>) -> Step {
        self.log = log.into();
        self
    }

    /// The length in whole milliseconds. A negative length counts as zero, and one that is too large becomes the
    /// largest number, because the cast saturates.
    pub(super) fn length_ms(&self) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float cast saturates, which is what is wanted"
        )]
        let ms = (self.seconds * 1000.0).round() as i64;
        ms.clamp(0, i64::from(u32::MAX))
    }
}

/// A job; GitHub puts `Set up job` before its steps and `Complete job` after them.
#[derive(Clone, Debug)]
pub struct Job {
    /// The name that the page shows.
    pub name: String,
    /// The steps, one after the other.
    pub steps: Vec<Step>,
}

impl Job {
    /// A job of these steps.
    pub fn new(name: impl Into<String>, steps: Vec<Step>) -> Job {
        Job { name: name.into(), steps }
    }
}

/// What an input takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// Any text.
    String,
    /// One of these.
    Choice(Vec<String>),
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// The name of an environment. Any text is accepted here.
    Environment,
}

/// One input of `workflow_dispatch`.
#[derive(Clone, Debug)]
pub struct WorkflowInput {
    /// The name of the input.
    pub name: String,
    /// Whether a dispatch is refused if it does not give this input and there is no default.
    pub required: bool,
    /// The value if none is given.
    pub default: Option<String>,
    /// Which values it takes.
    pub kind: InputKind,
}

/// A workflow file. [`Workflow::new`] and the methods after it describe one in a line or two.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// `release.yml`
    pub file: String,
    /// The name that the page shows.
    pub name: String,
    /// `run-name`: a text with `${{ inputs.X }}`. If it is empty, runs have the name of the workflow.
    pub run_name: String,
    /// What a dispatch may set.
    pub inputs: Vec<WorkflowInput>,
    /// The jobs. Each needs the one before it, unless `parallel` is set.
    pub jobs: Vec<Job>,
    /// All jobs begin at once.
    pub parallel: bool,
    /// Whether it has a `workflow_dispatch` trigger.
    pub dispatchable: bool,
    /// `active`, or why GitHub starts it no more: `disabled_manually`, `disabled_inactivity`, `disabled_fork`.
    pub state: &'static str,
    /// For this long, a new run is in no list, its own page is a 404, and there are no webhooks about it.
    pub appears_after_ms: i64,
    /// How long its first job waits for a runner.
    pub queued_ms: i64,
    /// A dispatch is accepted, but its answer is a 502 and no run ever appears.
    pub lost: bool,
    /// A normal cancel is accepted but does nothing. Only a forced cancel ends a run.
    pub ignores_cancel: bool,
}

impl Workflow {
    /// A workflow that takes no inputs and has no jobs yet. Its name is the name of its file.
    pub fn new(file: impl Into<String>) -> Workflow {
        let file = file.into();
        let name = file.trim_end_matches(".yml").trim_end_matches(".yaml").to_owned();
        Workflow {
            file,
            name,
            run_name: String::new(),
            inputs: Vec::new(),
            jobs: Vec::new(),
            parallel: false,
            dispatchable: true,
            state: "active",
            appears_after_ms: 0,
            queued_ms: 1_000,
            lost: false,
            ignores_cancel: false,
        }
    }

    /// With this name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Workflow {
        self.name = name.into();
        self
    }

    /// With this `run-name`.
    #[must_use]
    pub fn run_name(mut self, template: impl Into<String>) -> Workflow {
        self.run_name = template.into();
        self
    }

    /// With an optional text input.
    #[must_use]
    pub fn input(self, name: impl Into<String>) -> Workflow {
        self.with_input(name, false, None, InputKind::String)
    }

    /// With a text input that must be given.
    #[must_use]
    pub fn required_input(self, name: impl Into<String>) -> Workflow {
        self.with_input(name, true, None, InputKind::String)
    }

    /// With an input that must be one of these.
    #[must_use]
    pub fn choice(self, name: impl Into<String>, options: &[&str]) -> Workflow {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        self.with_input(name, true, None, InputKind::Choice(options))
    }

    /// With an input of any sort.
    #[must_use]
    pub fn with_input(
        mut self,
        name: impl Into<String>,
        required: bool,
        default: Option<&str>,
        kind: InputKind,
    ) -> Workflow {
        let default = default.map(str::to_owned);
        self.inputs.push(WorkflowInput { name: name.into(), required, default, kind });
        self
    }

    /// With a job whose steps succeed. The steps are given as names and seconds.
    #[must_use]
    pub fn job(self, name: impl Into<String>, steps: &[(&str, f64)]) -> Workflow {
        let steps = steps.iter().map(|(name, seconds)| Step::new(*name, *seconds)).collect();
        self.with_job(Job::new(name, steps))
    }

    /// With one more job.
    #[must_use]
    pub fn with_job(mut self, job: Job) -> Workflow {
        self.jobs.push(job);
        self
    }

    /// With all jobs beginning at once.
    #[must_use]
    pub fn parallel(mut self) -> Workflow {
        self.parallel = true;
        self
    }

    /// With runs that become visible only this long after their dispatch.
    #[must_use]
    pub fn appears_after_ms(mut self, ms: i64) -> Workflow {
        self.appears_after_ms = ms;
        self
    }

    /// With a first job that waits this long for a runner.
    #[must_use]
    pub fn queued_ms(mut self, ms: i64) -> Workflow {
        self.queued_ms = ms;
        self
    }

    /// With dispatches that are accepted and then lost.
    #[must_use]
    pub fn lost(mut self) -> Workflow {
        self.lost = true;
        self
    }

    /// With runs that only a forced cancel ends.
    #[must_use]
    pub fn ignores_cancel(mut self) -> Workflow {
        self.ignores_cancel = true;
        self
    }

    /// Without a `workflow_dispatch` trigger.
    #[must_use]
    pub fn not_dispatchable(mut self) -> Workflow {
        self.dispatchable = false;
        self
    }

    /// `.github/workflows/<file>`.
    pub(super) fn path(&self) -> String {
        format!(".github/workflows/{}", self.file)
    }
}
