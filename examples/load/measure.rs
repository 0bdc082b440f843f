//! What is measured, one after the other. Both servers take turns within each measurement, so that what else the
//! machine does hits both, and the median of several turns counts.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use clap::ValueEnum;
use hdrhistogram::Histogram;

use crate::{
    drive::{self, Connection, Driven},
    interactions::{Face, Interactions, Request},
    platform,
    process::{self, Kind, PlatformProcess, Processors, Server},
    report::{Report, Row, Unit},
};

/// Connections that send as fast as it goes.
const CONNECTIONS: usize = 8;

/// Requests a second where they come on schedule.
const SCHEDULED_PER_SECOND: u32 = 200;

/// Guilds whose moderators all press, while memory is looked at.
const MANY_GUILDS: u64 = 1_000;

/// How long a server is left alone before its memory counts as idle.
const IDLE: Duration = Duration::from_secs(2);

/// How often moderators press, to see how often the platform is asked.
const CONCURRENT_PRESSES: usize = 400;

/// How many of them press at one time, each again as soon as there is an answer.
const PRESSING_AT_ONCE: usize = 64;

/// How much is measured.
#[derive(Debug)]
pub(crate) struct Effort {
    turns: usize,
    pings: usize,
    lists: usize,
    long_lists: usize,
    starts: usize,
    scheduled: usize,
    over_many_guilds: usize,
}

impl Effort {
    /// Some minutes.
    pub(crate) const WHOLE: Self = Self {
        turns: 7,
        pings: 8_000,
        lists: 3_000,
        long_lists: 400,
        starts: 31,
        scheduled: 1_000,
        over_many_guilds: 100_000,
    };

    /// Half a minute.
    pub(crate) const QUICK: Self = Self {
        turns: 3,
        pings: 3_000,
        lists: 1_000,
        long_lists: 150,
        starts: 7,
        scheduled: 400,
        over_many_guilds: 20_000,
    };
}

/// What can be measured alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Measured {
    Pings,
    InMemory,
    /// Of 25 invites.
    ReadShort,
    /// Of 1000 invites.
    ReadLong,
    Growth,
    OnSchedule,
    Starts,
    Memory,
    Size,
    Calls,
}

/// A list that is read from the platform.
struct Length {
    invites: usize,
    /// How often it is read.
    count: fn(&Effort) -> usize,
    must: f64,
    aim: f64,
}

const SHORT: Length = Length {
    invites: 25,
    count: |effort| effort.lists,
    must: 1.6,
    aim: 1.3,
};

const LONG: Length = Length {
    invites: 1_000,
    count: |effort| effort.long_lists,
    must: 1.2,
    aim: 0.8,
};

/// Measures everything, or this alone, and prints it.
pub(crate) fn run(binary: &Path, effort: &Effort, only: Option<Measured>) -> anyhow::Result<()> {
    let processors = Processors::split()?;
    if processors.count == 1 {
        println!("There is one processor only: sender and server take it from each other.");
    }
    println!(
        "On {} × {}. Preparing the platform …",
        processors.count,
        processor()
    );
    let platform = PlatformProcess::start()?;
    let bench = Bench {
        binary,
        processors,
        platform,
        interactions: Interactions::new()?,
        effort,
    };
    let mut report = Report::default();
    let all = Measured::value_variants();
    let wanted = all
        .iter()
        .filter(|one| only.is_none_or(|only| only == **one));
    for measured in wanted {
        match measured {
            Measured::Pings => bench.pings(&mut report),
            Measured::InMemory => bench.in_memory(&mut report),
            Measured::ReadShort => bench.not_in_memory(&mut report, &SHORT),
            Measured::ReadLong => bench.not_in_memory(&mut report, &LONG),
            Measured::Growth => bench.growth(&mut report),
            Measured::OnSchedule => bench.on_schedule(&mut report),
            Measured::Starts => bench.starts(&mut report),
            Measured::Memory => bench.memory(&mut report),
            Measured::Size => bench.size(&mut report),
            Measured::Calls => bench.calls(&mut report),
        }?;
    }
    println!("\n{report}");
    Ok(())
}

struct Bench<'a> {
    binary: &'a Path,
    processors: Processors,
    platform: PlatformProcess,
    interactions: Interactions,
    effort: &'a Effort,
}

/// What one kind of request cost, in medians over turns.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Processor time of the server for one request, in µs.
    cpu_us: f64,
    per_second: f64,
}

/// What both servers took for the same.
#[derive(Debug)]
struct Compared {
    gatehouse: Cost,
    reference: Cost,
    /// The median of the turns' ratios of processor time.
    times: f64,
}

impl Compared {
    fn note(&self) -> String {
        let Self {
            gatehouse,
            reference,
            ..
        } = self;
        format!("{:.0} µs to {:.0} µs", gatehouse.cpu_us, reference.cpu_us)
    }
}

impl Bench<'_> {
    fn gatehouse(&self) -> anyhow::Result<Server> {
        Server::start(
            Kind::Gatehouse(self.binary),
            &self.processors,
            self.platform.address,
        )
    }

    fn reference(&self) -> anyhow::Result<Server> {
        Server::start(Kind::Reference, &self.processors, self.platform.address)
    }

    fn lists(
        &self,
        face: Face,
        guilds: impl Iterator<Item = u64>,
        options: &[(&str, &str)],
    ) -> anyhow::Result<Vec<Request>> {
        guilds
            .map(|guild| self.interactions.list(face, guild, options))
            .collect()
    }

    fn pings_of(&self, count: usize) -> anyhow::Result<Vec<Request>> {
        (0..count)
            .map(|_| self.interactions.ping(Face::Discord))
            .collect()
    }

    /// Turn and turn about: what the requests of each cost.
    fn compare(
        &self,
        name: &str,
        mut ours: impl FnMut() -> anyhow::Result<Vec<Request>>,
        mut theirs: impl FnMut() -> anyhow::Result<Vec<Request>>,
        connections: usize,
    ) -> anyhow::Result<Compared> {
        let (gatehouse, reference) = (self.gatehouse()?, self.reference()?);
        let (mut us, mut them, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let mut latencies = Histogram::<u64>::new(3)?;
        // The first turn warms both up.
        for turn in 0..=self.effort.turns {
            let (mine, driven) = cost(&gatehouse, connections, &ours()?)?;
            let (other, _) = cost(&reference, connections, &theirs()?)?;
            if turn > 0 {
                ratios.push(mine.cpu_us / other.cpu_us);
                us.push(mine);
                them.push(other);
                latencies.add(&driven.latencies)?;
            }
        }
        let compared = Compared {
            gatehouse: middle(&us),
            reference: middle(&them),
            times: median(&mut ratios),
        };
        println!("\n{name}, {connections} connections as fast as they go");
        for (who, cost) in [
            ("Gatehouse", compared.gatehouse),
            ("reference", compared.reference),
        ] {
            let Cost { cpu_us, per_second } = cost;
            println!(
                "  {who}  {per_second:8.0} requests/s  {cpu_us:8.1} µs of processor time each"
            );
        }
        println!("  latency of Gatehouse: {}", percentiles(&latencies));
        Ok(compared)
    }

    fn pings(&self, report: &mut Report) -> anyhow::Result<()> {
        let pings = || self.pings_of(self.effort.pings);
        let compared = self.compare("PING", pings, pings, CONNECTIONS)?;
        report.rows.push(Row {
            what: "processor time of a verified PING".to_owned(),
            unit: Unit::Times,
            figure: Some(compared.times),
            must: 1.25,
            aim: 1.1,
            note: compared.note(),
        });
        Ok(())
    }

    fn in_memory(&self, report: &mut Report) -> anyhow::Result<()> {
        let guild = platform::guild(1_000, 0);
        let ours = || {
            self.lists(
                Face::Fluxer,
                std::iter::repeat_n(guild, self.effort.lists),
                &[],
            )
        };
        let theirs = || self.pings_of(self.effort.pings);
        let compared = self.compare(
            "/invites list of 1000 in memory (reference: PING)",
            ours,
            theirs,
            CONNECTIONS,
        )?;
        report.rows.push(Row {
            what: "`/invites list`, 1000 invites, in memory".to_owned(),
            unit: Unit::Times,
            figure: Some(compared.times),
            must: 1.8,
            aim: 1.5,
            note: format!("{}, the reference's PING", compared.note()),
        });
        Ok(())
    }

    fn not_in_memory(&self, report: &mut Report, of: &Length) -> anyhow::Result<()> {
        let Length {
            invites,
            count,
            must,
            aim,
        } = *of;
        let count = count(self.effort);
        let mut guilds = 0..;
        let mut ours = || {
            let fresh = guilds.by_ref().take(count);
            let fresh: Vec<u64> = fresh.map(|n| platform::guild(invites, n)).collect();
            self.lists(Face::Fluxer, fresh.into_iter(), &[])
        };
        let theirs = || {
            let guilds = (0..count as u64).map(|n| platform::guild(invites, n));
            self.lists(Face::Discord, guilds, &[])
        };
        let name = format!("/invites list of {invites} not in memory");
        let compared = self.compare(&name, &mut ours, theirs, CONNECTIONS)?;
        report.rows.push(Row {
            what: format!("the same not in memory, {invites} invites"),
            unit: Unit::Times,
            figure: Some(compared.times),
            must,
            aim,
            note: compared.note(),
        });
        Ok(())
    }

    /// What a list costs by its length: read, and once it is in memory.
    fn growth(&self, report: &mut Report) -> anyhow::Result<()> {
        println!("\nGrowth, µs of processor time for a request");
        println!("   invites    not in memory   in memory   in memory, most used, unused");
        let server = self.gatehouse()?;
        let (mut read, mut known, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
        for size in platform::SIZES {
            // About as much work for each, and enough to be seen in the system's clock.
            let count = (200_000 / size).clamp(4, 1_000);
            let fresh = (500_000..).map(|n| platform::guild(size, n)).take(count);
            let requests = self.lists(Face::Fluxer, fresh, &[])?;
            read.push(cost(&server, 1, &requests)?.0.cpu_us);
            let again = platform::guild(size, 500_000);
            let presses = |options: &[(&str, &str)], count| {
                let guilds = std::iter::repeat_n(again, count);
                let requests = self.lists(Face::Fluxer, guilds, options)?;
                // In memory from here on.
                drive::as_fast_as_it_goes(server.address, 1, &requests[..1])?;
                anyhow::Ok(cost(&server, 1, &requests[1..])?.0.cpu_us)
            };
            known.push(presses(&[], 2_000)?);
            let options = [("sort", "most-used"), ("state", "used")];
            sorted.push(presses(&options, (2_000_000 / size).clamp(60, 2_000))?);
            let (read, known, sorted) = (last(&read), last(&known), last(&sorted));
            println!("{size:>10} {read:16.0} {known:11.0} {sorted:11.0}");
        }
        let step = read[4] / read[2];
        report.rows.push(Row {
            what: "growth from 1000 to 100,000 invites, against linear".to_owned(),
            unit: Unit::Times,
            figure: Some(step / 100.0),
            must: 1.25,
            aim: 1.1,
            note: format!("{:.1} ms to {:.1} ms", read[2] / 1e3, read[4] / 1e3),
        });
        report.rows.push(Row {
            what: "a press on 100,000 in memory, against one on 25".to_owned(),
            unit: Unit::Times,
            figure: Some(known[4] / known[0]),
            must: f64::INFINITY,
            aim: 1.1,
            note: format!("{:.0} µs to {:.0} µs", known[4], known[0]),
        });
        Ok(())
    }

    fn on_schedule(&self, report: &mut Report) -> anyhow::Result<()> {
        let (gatehouse, reference) = (self.gatehouse()?, self.reference()?);
        let mut guilds = 0_u64..;
        for what in ["PING", "/invites list of 25, not in memory"] {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            let mut all = [Histogram::<u64>::new(3)?, Histogram::<u64>::new(3)?];
            for turn in 0..=self.effort.turns {
                let requests = if what == "PING" {
                    self.pings_of(self.effort.scheduled)?
                } else {
                    let fresh = guilds.by_ref().take(self.effort.scheduled);
                    let fresh: Vec<u64> = fresh.map(|n| platform::guild(25, n)).collect();
                    self.lists(Face::Fluxer, fresh.into_iter(), &[])?
                };
                let us = drive::on_schedule(gatehouse.address, SCHEDULED_PER_SECOND, &requests)?;
                let requests = if what == "PING" {
                    requests
                } else {
                    let guilds = (0..self.effort.scheduled as u64).map(|n| platform::guild(25, n));
                    self.lists(Face::Discord, guilds, &[])?
                };
                let them = drive::on_schedule(reference.address, SCHEDULED_PER_SECOND, &requests)?;
                if turn > 0 {
                    ours.push(ms(us.latencies.value_at_quantile(0.99)));
                    theirs.push(ms(them.latencies.value_at_quantile(0.99)));
                    all[0].add(&us.latencies)?;
                    all[1].add(&them.latencies)?;
                }
            }
            println!("\n{what}, {SCHEDULED_PER_SECOND} requests/s on schedule");
            println!("  Gatehouse  {}", percentiles(&all[0]));
            println!("  reference  {}", percentiles(&all[1]));
            let (ours, theirs) = (median(&mut ours), median(&mut theirs));
            report.rows.push(Row {
                what: format!("p99 at {SCHEDULED_PER_SECOND} requests/s: {what}"),
                unit: Unit::Times,
                figure: Some(ours / theirs),
                must: 2.0,
                aim: 1.5,
                note: format!("{ours:.2} ms to {theirs:.2} ms"),
            });
        }
        Ok(())
    }

    fn starts(&self, report: &mut Report) -> anyhow::Result<()> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..self.effort.starts {
            ours.push(self.gatehouse()?.started_in.as_secs_f64() * 1e3);
            theirs.push(self.reference()?.started_in.as_secs_f64() * 1e3);
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        println!("\nStart to first answered PING: {ours:.1} ms, reference {theirs:.1} ms");
        report.rows.push(Row {
            what: "process start to first answered PING".to_owned(),
            unit: Unit::Milliseconds,
            figure: Some(ours),
            must: 15.0,
            aim: 8.0,
            note: format!(
                "median of {}; the reference {theirs:.1} ms",
                self.effort.starts
            ),
        });
        Ok(())
    }

    fn memory(&self, report: &mut Report) -> anyhow::Result<()> {
        let server = self.gatehouse()?;
        thread::sleep(IDLE);
        let idle = server.memory()?;
        let count = self.effort.over_many_guilds;
        // Signatures are good for some minutes only, and all at once would take much memory.
        let part = 10_000;
        for begun in (0..count).step_by(part) {
            let guilds = (begun..count.min(begun + part)).map(|n| n as u64 % MANY_GUILDS);
            let guilds = guilds.map(|n| platform::guild(25, 900_000 + n));
            let requests = self.lists(Face::Fluxer, guilds, &[])?;
            drive::as_fast_as_it_goes(server.address, CONNECTIONS, &requests)?;
        }
        let busy = server.memory()?;
        println!(
            "\nMemory: idle {:.1} MB; after {count} lists over {MANY_GUILDS} guilds {:.1} MB, at most {:.1} MB",
            mb(idle.now_kib),
            mb(busy.now_kib),
            mb(busy.peak_kib)
        );
        report.rows.push(Row {
            what: "resident memory, idle".to_owned(),
            unit: Unit::Megabytes,
            figure: Some(mb(idle.now_kib)),
            must: 12.0,
            aim: 8.0,
            note: String::new(),
        });
        report.rows.push(Row {
            what: format!("resident memory after {count} lists of 25 over {MANY_GUILDS} guilds"),
            unit: Unit::Megabytes,
            figure: Some(mb(busy.now_kib)),
            must: 40.0,
            aim: 25.0,
            note: format!("at most {:.1} MB", mb(busy.peak_kib)),
        });
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "a file's size")]
    fn size(&self, report: &mut Report) -> anyhow::Result<()> {
        let size = process::stripped_size(self.binary)?;
        report.rows.push(Row {
            what: "release binary, stripped".to_owned(),
            unit: Unit::Megabytes,
            figure: size.map(|bytes| bytes as f64 / 1e6),
            must: 12.0,
            aim: 8.0,
            note: String::new(),
        });
        Ok(())
    }

    /// However many press at once, the platform is asked for the list once.
    fn calls(&self, report: &mut Report) -> anyhow::Result<()> {
        let server = self.gatehouse()?;
        let before = self.lists_asked_for()?;
        let guilds = std::iter::repeat_n(platform::guild(1_000, 999_999), CONCURRENT_PRESSES);
        let requests = self.lists(Face::Fluxer, guilds, &[])?;
        let begun = Instant::now();
        drive::as_fast_as_it_goes(server.address, PRESSING_AT_ONCE, &requests)?;
        let took = begun.elapsed();
        let calls = self.lists_asked_for()? - before;
        report.rows.push(Row {
            what: "list calls to the platform in 10 s".to_owned(),
            unit: Unit::Count,
            figure: Some(calls),
            must: 1.0,
            aim: 1.0,
            note: format!(
                "{CONCURRENT_PRESSES} presses in one guild on {PRESSING_AT_ONCE} connections in {:.1} s",
                took.as_secs_f64()
            ),
        });
        Ok(())
    }

    fn lists_asked_for(&self) -> anyhow::Result<f64> {
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n",
            platform::LISTS
        );
        let mut connection = Connection::open(self.platform.address)?;
        let answer = connection.ask(request.as_bytes())?;
        Ok(str::from_utf8(answer)?.parse()?)
    }
}

/// What the server's process took for these requests.
#[allow(
    clippy::cast_precision_loss,
    reason = "no figure here has sixteen digits"
)]
fn cost(
    server: &Server,
    connections: usize,
    requests: &[Request],
) -> anyhow::Result<(Cost, Driven)> {
    let before = server.cpu()?;
    let driven = drive::as_fast_as_it_goes(server.address, connections, requests)?;
    let cpu = server.cpu()?.saturating_sub(before);
    let cost = Cost {
        cpu_us: cpu.as_secs_f64() * 1e6 / requests.len() as f64,
        per_second: driven.per_second(),
    };
    Ok((cost, driven))
}

fn middle(costs: &[Cost]) -> Cost {
    let mut cpu: Vec<f64> = costs.iter().map(|cost| cost.cpu_us).collect();
    let mut per_second: Vec<f64> = costs.iter().map(|cost| cost.per_second).collect();
    Cost {
        cpu_us: median(&mut cpu),
        per_second: median(&mut per_second),
    }
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn last(figures: &[f64]) -> f64 {
    figures.last().copied().unwrap_or(f64::NAN)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "no figure here has sixteen digits"
)]
fn ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}

#[allow(
    clippy::cast_precision_loss,
    reason = "no figure here has sixteen digits"
)]
fn mb(kib: u64) -> f64 {
    kib as f64 * 1_024.0 / 1e6
}

fn percentiles(latencies: &Histogram<u64>) -> String {
    let at = |quantile| ms(latencies.value_at_quantile(quantile));
    format!(
        "p50 {:.2}  p90 {:.2}  p99 {:.2}  p99.9 {:.2}  max {:.2} ms",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        ms(latencies.max())
    )
}

/// What processor this is, as far as it says so.
fn processor() -> String {
    let described = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = described
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model
        .map_or("an unknown processor", |(_, name)| name.trim())
        .to_owned()
}
