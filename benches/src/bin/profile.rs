//! Makes calls of one kind and nothing else, for a profiler.
//!
//! ```sh
//! CARGO_PROFILE_RELEASE_DEBUG=1 cargo build --release -p alibabacloud-kms-benches --bin profile
//! perf record target/release/profile ours shared none 32 1 1000000
//! valgrind --tool=callgrind target/release/profile floor shared none 32 1 10000
//! ```
//!
//! The arguments are `floor` or `ours`, the gateway, the way (`none`, `http`, `tls`), the bytes of
//! plaintext, the calls in flight and the number of calls.

use alibabacloud_kms_benches::floor::Floor;
use alibabacloud_kms_benches::gateway::{Asked, Listening};
use alibabacloud_kms_benches::load::{Encrypt, Plaintexts, run};
use alibabacloud_kms_benches::ours::Ours;
use tokio::runtime::Builder;

struct Profiled {
    size: usize,
    in_flight: usize,
    calls: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [side, asked, way, size, in_flight, calls] = texts[..] else {
        panic!("give a side, a gateway, a way, bytes, calls in flight, and calls");
    };
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let (size, in_flight) = (number(size), number(in_flight));
    let profiled = Profiled { size, in_flight, calls: number(calls) };
    let asked = match asked {
        "shared" => Asked::Shared,
        "instance" => Asked::Instance,
        _ => panic!("the gateway is shared or instance"),
    };
    let gateway = || Listening::start(asked, size);
    match (side, way) {
        ("floor", "none") => profiled.run(&Floor::nowhere(asked, size)),
        ("floor", "http") => profiled.run(&Floor::http(asked, &gateway())),
        ("floor", "tls") => profiled.run(&Floor::https(asked, &gateway())),
        ("ours", "none") => profiled.run(&Ours::nowhere(asked, size)),
        ("ours", "http") => profiled.run(&Ours::http(asked, &gateway())),
        ("ours", "tls") => profiled.run(&Ours::https(asked, &gateway())),
        _ => panic!("the side is floor or ours, the way none, http or tls"),
    }
}

impl Profiled {
    fn run(&self, side: &impl Encrypt) {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(run(side, self.calls, self.in_flight, self.size, Plaintexts::Various));
    }
}
