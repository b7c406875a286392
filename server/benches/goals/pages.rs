//! G1, G2: what a page costs the server, and how much of it is sent.

use std::{collections::BTreeSet, ops::Range, time::Duration};

use anyhow::ensure;
use futures::future::try_join_all;
use slipway_domain::listing::ROWS;

use crate::{
    browser::Browser,
    numbers::{median, millis, number},
    program::Program,
    stage::{Size, Stage},
    table::Row,
};

const LIST: &str = "/devops/instances";
const ROUNDS: usize = 5;
/// A round keeps the program busy this long, because the kernel counts in hundredths of a second.
const ROUND: Duration = Duration::from_millis(600);
/// As many ask at once.
const AT_ONCE: usize = 4;
const KIB: f64 = 1024.0;

/// What somebody opens the so-manieth time.
type Address<'a> = &'a (dyn Fn(usize) -> String + Sync);

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut lists = Vec::new();
    for size in [Size::S, Size::M, Size::L] {
        let program = stage.start(size).await?;
        is_whole(&program, &stage.browser).await?;
        let list = cost(&program, &stage.browser, &another).await?;
        lists.push(list);
        if size != Size::S {
            let what = format!("processor time of a page of {ROWS} of {} instances", size.count());
            rows.push(Row::measured("G1", format!("{what}, each time another one"), "ms", 0.5, list));
            let kept = cost(&program, &stage.browser, &|_| LIST.to_owned()).await?;
            rows.push(Row::measured("G1", format!("{what}, the same again"), "ms", 0.5, kept));
        }
        if size == Size::L {
            rows.extend(others(&program, &stage.browser).await?);
        }
        program.stop().await?;
    }
    let what = format!("processor time of a page of {ROWS} of 10000, of that of one of 100");
    rows.push(Row::measured("G1b", what, "", 1.2, lists[2] / lists[0]));
    rows.extend(bytes(stage).await?);
    Ok(rows)
}

/// More of them than the program keeps, so that each is made anew; behind the last page comes the last page again.
fn another(number: usize) -> String {
    let sort = ["", "name", "updated", "status"][number % 4];
    format!("{LIST}?sort={sort}&page={}", 1 + number / 4 % 20)
}

async fn others(program: &Program, browser: &Browser) -> anyhow::Result<Vec<Row>> {
    let others: [(&str, Address<'_>); 4] = [
        ("the home page", &|_| "/".to_owned()),
        ("a search, each time another one", &|number| format!("{LIST}?q=instance-0{:03}", number % 1000)),
        ("a page in the middle", &|number| format!("{LIST}?page={}", 60 + number % 80)),
        ("a page of 50 of the REST list", &|_| "/api/v1/applications?limit=50".to_owned()),
    ];
    let mut rows = Vec::new();
    for (what, address) in others {
        let figure = cost(program, browser, address).await?;
        rows.push(Row::known("G1", format!("processor time of {what}, 10000 instances"), "ms", figure));
    }
    Ok(rows)
}

/// Is the page what it should be? What is fast and wrong is not measured.
async fn is_whole(program: &Program, browser: &Browser) -> anyhow::Result<()> {
    program.rest().await?;
    for address in [LIST.to_owned(), another(1), another(10)] {
        let page = browser.page(&program.url, &address).await?;
        let rows = page.matches("id=\"row-").count();
        ensure!(rows == ROWS, "{address} has {rows} rows");
    }
    Ok(())
}

/// Milliseconds of processor time of one answer.
async fn cost(program: &Program, browser: &Browser, address: Address<'_>) -> anyhow::Result<f64> {
    // What is made once is made now, and it shows how many make a round.
    let few = 10 * AT_ONCE;
    many(program, browser, address, 0..few).await?;
    let guess = many(program, browser, address, few..2 * few).await?.max(Duration::from_millis(1));
    let count = usize::try_from(ROUND.as_micros() / (guess / u32::try_from(few)?).as_micros().max(1))?;
    let count = count.clamp(40, 4000) / AT_ONCE * AT_ONCE;
    let (mut costs, mut next) = (Vec::new(), 2 * few);
    for _ in 0..ROUNDS {
        // A round that began where the last one began would ask for what is still kept.
        costs.push(millis(many(program, browser, address, next..next + count).await?) / number(count));
        next += count;
    }
    Ok(median(costs))
}

/// Opens these; the processor time of all of them.
async fn many(
    program: &Program,
    browser: &Browser,
    address: Address<'_>,
    which: Range<usize>,
) -> anyhow::Result<Duration> {
    let before = program.rest().await?;
    let all = (0..AT_ONCE).map(|who| {
        let own = which.clone().skip(who).step_by(AT_ONCE);
        async move {
            for number in own {
                browser.bytes(&program.url, &address(number)).await?;
            }
            anyhow::Ok(())
        }
    });
    try_join_all(all).await?;
    Ok(program.cpu()?.saturating_sub(before))
}

/// G2: with the cluster at hand, as people see the page.
async fn bytes(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let program = Program::start(&stage.data(Size::M), &stage.full.setting).await?;
    program.rest().await?;
    let browser = &stage.browser;
    let mut first = browser.bytes(&program.url, LIST).await?;
    for asset in assets(&browser.page(&program.url, LIST).await?) {
        first += browser.bytes(&program.url, &asset).await?;
    }
    let what = "bodies of a first load of the list with all that it needs, brotli";
    let mut rows = vec![Row::measured("G2", what, "KiB", 90.0, number(first) / KIB)];
    for (path, what) in [
        (LIST, "the list of instances"),
        ("/devops/releases", "the releases"),
        ("/devops/instances/instance-00005", "an instance"),
    ] {
        let later = number(browser.bytes(&program.url, path).await?) / KIB;
        rows.push(Row::measured("G2b", format!("body of a later page, brotli: {what}"), "KiB", 6.0, later));
    }
    program.stop().await?;
    Ok(rows)
}

/// The addresses of all assets that a page names, and of the program that its glue fetches.
fn assets(page: &str) -> BTreeSet<String> {
    let ends = |character: char| !character.is_ascii_alphanumeric() && !"/._-".contains(character);
    let named = page.match_indices("/pkg/").map(|(at, _)| page[at..].split(ends).next().unwrap_or_default());
    named.filter(|address| address.contains('.')).map(str::to_owned).collect()
}
