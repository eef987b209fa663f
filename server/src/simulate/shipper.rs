//! The shipper whose freight is simulated: regions, business units, carriers, sites and customers. All names are invented.

use super::draw::Draw;

/// How goods move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mode {
    Road,
    Air,
    Ocean,
    Rail,
    Parcel,
}

impl Mode {
    /// As in events.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Road => "road",
            Self::Air => "air",
            Self::Ocean => "ocean",
            Self::Rail => "rail",
            Self::Parcel => "parcel",
        }
    }
}

/// A part of the world with its own systems.
#[derive(Debug)]
pub(crate) struct Region {
    /// As in events.
    pub(crate) code: &'static str,
    /// Its transport management system.
    pub(crate) tms: &'static str,
    /// Its dispatch vendor.
    pub(crate) dispatch: &'static str,
    /// Hours ahead of UTC; the simulation knows no daylight saving.
    pub(crate) utc_offset: i64,
    /// Share of the orders.
    pub(crate) weight: f64,
    /// What customers are billed in.
    pub(crate) currency: &'static str,
    /// Warehouses that ship, as location codes.
    pub(crate) warehouses: &'static [&'static str],
    /// Places that receive: location code and days by road from the nearest warehouse.
    pub(crate) places: &'static [(&'static str, f64)],
}

/// Vendor of the dispatch system in the Americas: tells each confirmation at once.
pub(crate) const HAULWISE: &str = "dispatch/haulwise";
/// Vendor of the dispatch system elsewhere: sends every half an hour, with local times.
pub(crate) const ROUTELINE: &str = "dispatch/routeline";

/// The regions.
pub(crate) const REGIONS: &[Region] = &[
    Region {
        code: "AMER",
        tms: "tms/amer",
        dispatch: HAULWISE,
        utc_offset: -5,
        weight: 0.38,
        currency: "USD",
        warehouses: &["USCHI", "USATL", "USONT"],
        places: &[
            ("USNYC", 1.3),
            ("USDAL", 1.1),
            ("USDEN", 1.6),
            ("USSEA", 2.4),
            ("USMIA", 1.4),
            ("USBOS", 1.5),
            ("USMKC", 0.8),
            ("USPHX", 1.2),
            ("CATOR", 1.3),
            ("CAMTR", 1.7),
        ],
    },
    Region {
        code: "EMEA",
        tms: "tms/emea",
        dispatch: ROUTELINE,
        utc_offset: 1,
        weight: 0.34,
        currency: "EUR",
        warehouses: &["DEDUI", "NLVEN", "PLLOD"],
        places: &[
            ("DEMUC", 0.9),
            ("DEHAM", 0.7),
            ("FRPAR", 0.8),
            ("FRLIO", 1.2),
            ("ITMIL", 1.3),
            ("ESMAD", 2.2),
            ("GBBHM", 1.5),
            ("SEGOT", 1.8),
            ("CZPRG", 0.8),
            ("ATVIE", 1.1),
        ],
    },
    Region {
        code: "APAC",
        tms: "tms/apac",
        dispatch: ROUTELINE,
        utc_offset: 8,
        weight: 0.19,
        currency: "USD",
        warehouses: &["SGSIN", "CNSHA"],
        places: &[
            ("MYPKG", 0.9),
            ("THBKK", 1.9),
            ("VNSGN", 2.1),
            ("CNSZX", 1.6),
            ("CNCTU", 2.3),
            ("JPTYO", 2.6),
            ("KRSEL", 2.4),
            ("AUSYD", 3.0),
        ],
    },
    Region {
        code: "LATAM",
        tms: "tms/latam",
        dispatch: HAULWISE,
        utc_offset: -3,
        weight: 0.09,
        currency: "USD",
        warehouses: &["MXMEX", "BRSAO"],
        places: &[("MXMTY", 1.1), ("MXGDL", 0.9), ("BRRIO", 0.8), ("BRCWB", 0.9), ("CLSCL", 3.2), ("COBOG", 2.6)],
    },
];

/// A business unit.
#[derive(Debug)]
pub(crate) struct Unit {
    /// As in events.
    pub(crate) code: &'static str,
    /// Share of the orders.
    pub(crate) weight: f64,
    /// Median value of the goods of one shipment, in major units.
    pub(crate) goods_value: f64,
    /// Median weight in kilograms.
    pub(crate) weight_kg: f64,
    /// Accrues freight cost, at dispatch.
    pub(crate) accrues: bool,
}

/// The business units.
pub(crate) const UNITS: &[Unit] = &[
    Unit { code: "RETAIL", weight: 0.48, goods_value: 14_000.0, weight_kg: 2_600.0, accrues: false },
    Unit { code: "INDUSTRIAL", weight: 0.34, goods_value: 38_000.0, weight_kg: 7_400.0, accrues: false },
    Unit { code: "HEALTH", weight: 0.18, goods_value: 72_000.0, weight_kg: 640.0, accrues: true },
];

/// A carrier.
#[derive(Debug)]
pub(crate) struct Carrier {
    /// Four letters.
    pub(crate) code: &'static str,
    /// Name.
    pub(crate) name: &'static str,
    /// Its CloudEvents source.
    pub(crate) source: &'static str,
    /// What it moves.
    pub(crate) mode: Mode,
    /// Indices into [`REGIONS`] where it picks up.
    pub(crate) regions: &'static [usize],
    /// Share of the freight of its mode.
    pub(crate) weight: f64,
    /// How its transit time spreads (deviation of the logarithm).
    pub(crate) spread: f64,
    /// Median hours from the handover to the proof of delivery.
    pub(crate) pod_hours: f64,
    /// Share of deliveries whose proof never comes by itself.
    pub(crate) pod_missing: f64,
    /// Median minutes from what happened to its record of it.
    pub(crate) record_minutes: f64,
}

macro_rules! carriers {
    ($($code:literal $name:literal $source:literal $mode:ident $regions:expr, $weight:literal $spread:literal
       $pod_hours:literal $pod_missing:literal $record_minutes:literal;)*) => {
        &[$(Carrier {
            code: $code, name: $name, source: concat!("carrier/", $source), mode: Mode::$mode, regions: &$regions,
            weight: $weight, spread: $spread, pod_hours: $pod_hours, pod_missing: $pod_missing,
            record_minutes: $record_minutes,
        },)*]
    };
}

/// The carriers.
pub(crate) const CARRIERS: &[Carrier] = carriers! {
    "BRDG" "Bridgewater Lines"     "bridgewater"  Road [0],          3.0 0.16  3.0 0.012  12.0;
    "CTWY" "Continental Way"       "contiway"     Road [0, 3],       2.2 0.22  7.0 0.028  45.0;
    "PRRE" "Prairie Express"       "prairie"      Road [0],          1.6 0.20  5.0 0.020  20.0;
    "GLFS" "Gulf & Southern"       "gulfsouthern" Road [0, 3],       0.9 0.34 22.0 0.055 180.0;
    "NRDF" "Nordfracht"            "nordfracht"   Road [1],          2.8 0.15  2.5 0.010  10.0;
    "TRVL" "Transval Logistique"   "transval"     Road [1],          1.9 0.21  6.0 0.024  40.0;
    "KOPR" "Koper Transport"       "koper"        Road [1],          1.3 0.24 12.0 0.035  90.0;
    "BLTX" "Baltex Haulage"        "baltex"       Road [1],          0.7 0.33 26.0 0.060 240.0;
    "SNDA" "Sunda Roadways"        "sunda"        Road [2],          1.8 0.26  9.0 0.030  60.0;
    "PRLR" "Pearl River Trucking"  "pearlriver"   Road [2],          1.4 0.23  7.0 0.022  35.0;
    "ANDN" "Andina Cargas"         "andina"       Road [3],          1.5 0.30 18.0 0.045 120.0;
    "SKYB" "Skybridge Air Cargo"   "skybridge"    Air [0, 1, 2, 3],  2.4 0.22  4.0 0.014  15.0;
    "AQLA" "Aquila Airfreight"     "aquila"       Air [0, 1],        1.5 0.26  6.0 0.020  30.0;
    "ORNT" "Orient Wings"          "orientwings"  Air [2],           1.7 0.24  5.0 0.018  25.0;
    "MERD" "Meridian Ocean"        "meridian"     Ocean [0, 1, 2, 3], 2.6 0.13 30.0 0.030 240.0;
    "PACC" "Pacific Crest Line"    "pacificcrest" Ocean [0, 2],      1.9 0.16 34.0 0.036 300.0;
    "HNSA" "Hansea Container"      "hansea"       Ocean [1, 2],      1.7 0.15 28.0 0.028 200.0;
    "ATLN" "Atlantica Shipping"    "atlantica"    Ocean [0, 1, 3],   0.9 0.22 52.0 0.070 420.0;
    "IRNW" "Ironway Rail"          "ironway"      Rail [0],          1.6 0.20 14.0 0.026 110.0;
    "TEUR" "Transeuropa Rail"      "transeuropa"  Rail [1],          1.4 0.22 16.0 0.030 140.0;
    "SLKR" "Silkroad Intermodal"   "silkroad"     Rail [1, 2],       0.8 0.27 24.0 0.040 260.0;
    "QIKP" "Quickparcel"           "quickparcel"  Parcel [0, 3],     3.0 0.24  0.3 0.006   4.0;
    "PKTN" "Paketnetz"             "paketnetz"    Parcel [1],        2.8 0.20  0.3 0.005   4.0;
    "SWFT" "Swiftbox"              "swiftbox"     Parcel [0, 1, 2],  1.6 0.28  0.5 0.010   8.0;
    "LOTS" "Lotus Parcel"          "lotus"        Parcel [2],        1.5 0.26  0.6 0.012  10.0;
};

/// A customer.
#[derive(Debug)]
pub(crate) struct Customer {
    /// As in events.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// Index into its region's places.
    pub(crate) place: usize,
    /// What its contract asks before an invoice may go out.
    pub(crate) release: Release,
    /// Its goods travel at a set temperature.
    pub(crate) cold_chain: bool,
    /// Somebody has entered its contract.
    pub(crate) contracted: bool,
}

/// What a contract asks before an invoice may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// Delivery alone.
    Delivered,
    /// A proof of delivery.
    Pod,
    /// A proof of delivery that somebody has checked.
    CheckedPod,
}

/// The shipper with its customers.
#[derive(Debug)]
pub(crate) struct Shipper {
    customers: Vec<Customer>,
    /// Indices into `customers` by region and unit, with the weights that [`Draw::weighted`] takes.
    by_market: Vec<(Vec<usize>, Vec<f64>)>,
}

const CUSTOMERS: usize = 320;
const FIRST: &[&str] = &[
    "Alder",
    "Amber",
    "Anchor",
    "Birch",
    "Bluefield",
    "Brook",
    "Castle",
    "Cedar",
    "Clear",
    "Copper",
    "Crown",
    "Delta",
    "East",
    "Elm",
    "Falcon",
    "Fern",
    "Granite",
    "Green",
    "Harbour",
    "Hill",
    "Iron",
    "Juniper",
    "Kestrel",
    "Lake",
    "Linden",
    "Maple",
    "Marble",
    "Meadow",
    "North",
    "Oak",
    "Orchard",
    "Pine",
    "Quarry",
    "Red",
    "River",
    "Rowan",
    "Silver",
    "Stone",
    "Summit",
    "Valley",
];
const SECOND: &[&str] = &["bridge", "field", "ford", "gate", "haven", "mark", "mont", "port", "ridge", "side", "ton", "well"];
const TRADES: [&[&str]; 3] = [
    &["Stores", "Home", "Outfitters", "Markets", "Living", "Sports"],
    &["Machinery", "Components", "Metals", "Power", "Automation", "Tools"],
    &["Clinics", "Pharma", "Diagnostics", "Care", "Laboratories", "Medical"],
];

impl Shipper {
    /// The same shipper under every seed, so that two runs tell of the same customers.
    pub(crate) fn new() -> Self {
        let mut draw = Draw::new(0, u64::MAX);
        let mut by_market = vec![(Vec::new(), Vec::new()); REGIONS.len() * UNITS.len()];
        let customers = (0..CUSTOMERS)
            .map(|number| {
                // Every market gets its share before chance has a say.
                let market = if number < by_market.len() {
                    number
                } else {
                    draw.weighted(REGIONS.iter().map(|r| r.weight)) * UNITS.len() + draw.weighted(UNITS.iter().map(|u| u.weight))
                };
                let (region, unit) = (market / UNITS.len(), market % UNITS.len());
                by_market[market].0.push(number);
                // A few big customers, many small ones.
                let rank = by_market[market].0.len() as f64;
                by_market[market].1.push(1.0 / rank);
                Customer {
                    code: format!("C{:05}", 10_000 + number * 37),
                    name: format!("{}{} {}", draw.pick(FIRST), draw.pick(SECOND), draw.pick(TRADES[unit])),
                    place: draw.below(REGIONS[region].places.len()),
                    release: [Release::Delivered, Release::Pod, Release::CheckedPod][draw.weighted([0.2, 0.3, 0.5])],
                    cold_chain: unit == 2 && draw.chance(0.4),
                    contracted: number % 80 != 79,
                }
            })
            .collect();
        Self { customers, by_market }
    }

    /// All customers.
    pub(crate) fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// The customer with this index.
    pub(crate) fn customer(&self, index: usize) -> &Customer {
        &self.customers[index]
    }

    /// A customer of this region and unit, the big ones more often; its index.
    pub(crate) fn pick_customer(&self, draw: &mut Draw, region: usize, unit: usize) -> usize {
        let (customers, weights) = &self.by_market[region * UNITS.len() + unit];
        customers[draw.weighted(weights.iter().copied())]
    }
}

/// A carrier for this mode from this region, other than `but`; its index. None where nobody else moves that.
pub(crate) fn pick_carrier(draw: &mut Draw, mode: Mode, region: usize, but: Option<usize>) -> Option<usize> {
    let weight = |(index, carrier): (usize, &Carrier)| {
        if carrier.mode == mode && carrier.regions.contains(&region) && but != Some(index) { carrier.weight } else { 0.0 }
    };
    let weights = CARRIERS.iter().enumerate().map(weight);
    (weights.clone().sum::<f64>() > 0.0).then(|| draw.weighted(weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_market_has_customers() {
        let shipper = Shipper::new();
        assert!(shipper.by_market.iter().all(|(market, _)| !market.is_empty()));
        let mut codes: Vec<_> = shipper.customers.iter().map(|c| c.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CUSTOMERS);
    }

    #[test]
    fn each_region_can_move_what_it_sends() {
        let mut draw = Draw::new(1, 1);
        for (index, region) in REGIONS.iter().enumerate() {
            for mode in [Mode::Road, Mode::Air, Mode::Ocean, Mode::Parcel] {
                assert!(pick_carrier(&mut draw, mode, index, None).is_some(), "{mode:?} from {}", region.code);
            }
        }
    }

    #[test]
    fn carrier_codes_are_unique() {
        let mut codes: Vec<_> = CARRIERS.iter().map(|c| c.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CARRIERS.len());
    }
}
