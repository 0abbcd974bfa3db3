package starter

import (
	"math"
	"strconv"
	"strings"

	"disputecloser/shared/currency"
)

// RatesOf is the month of the rates below.
const RatesOf = "July 2025"

// rates is how much of a currency one US dollar was worth in the month of RatesOf, rounded, from general knowledge and
// of no official source. They only make the thresholds that are offered worth about the same, and a person checks those.
// Currencies whose value halves in a year (ars, ssp, syp, ved, ves) may be far off by now.
var rates = parseRates(`
aed 3.7  afn 70   all 85   amd 390   ang 1.8  aoa 910  ars 1200  aud 1.5  awg 1.8  azn 1.7  bam 1.7  bbd 2    bdt 120  bgn 1.7
bhd 0.38 bif 2900 bmd 1    bnd 1.3   bob 6.9  brl 5.5  bsd 1     btn 86   bwp 13   byn 3.3  bzd 2    cad 1.4  cdf 2900 chf 0.8
clp 940  cny 7.2  cop 4100 crc 510   cup 24   cve 95   czk 21    djf 180  dkk 6.4  dop 60   dzd 130  egp 50   ern 15   etb 135
eur 0.87 fjd 2.3  fkp 0.74 gbp 0.74  gel 2.7  ghs 11   gip 0.74  gmd 71   gnf 8600 gtq 7.7  gyd 209  hkd 7.8  hnl 26   htg 131
huf 345  idr 16300 ils 3.4 inr 86    iqd 1310 irr 42000 isk 123  jmd 160  jod 0.71 jpy 147  kes 129  kgs 87   khr 4000 kmf 425
kpw 900  krw 1380 kwd 0.31 kyd 0.83  kzt 530  lak 21500 lbp 89500 lkr 300 lrd 190  lsl 18   lyd 5.4  mad 9.1  mdl 17   mga 4450
mkd 53   mmk 2100 mnt 3580 mop 8     mru 40   mur 45   mvr 15    mwk 1730 mxn 19   myr 4.2  mzn 64   nad 18   ngn 1530 nio 37
nok 10   npr 137  nzd 1.7  omr 0.38  pab 1    pen 3.6  pgk 4.1   php 57   pkr 283  pln 3.7  pyg 7500 qar 3.6  ron 4.4  rsd 102
rub 80   rwf 1440 sar 3.75 sbd 8.3   scr 14   sdg 600  sek 9.6   sgd 1.3  shp 0.74 sle 23   sos 570  srd 37   ssp 4600 stn 21
svc 8.75 syp 11000 szl 18  thb 32.5  tjs 9.6  tmt 3.5  tnd 2.9   top 2.4  try 40   ttd 6.8  twd 29.5 tzs 2500 uah 42   ugx 3580
usd 1    uyu 40   uzs 12600 ved 120  ves 120  vnd 26200 vuv 119  wst 2.7  xaf 560  xcd 2.7  xcg 1.8  xof 560  xpf 102  yer 241
zar 18   zmw 23   zwg 27
`)

func parseRates(text string) map[string]float64 {
	words := strings.Fields(text)
	all := make(map[string]float64, len(words)/2)
	for i := 0; i+1 < len(words); i += 2 {
		rate, err := strconv.ParseFloat(words[i+1], 64)
		if err != nil {
			panic(err) // The table is part of the code.
		}
		all[words[i]] = rate
	}
	return all
}

// round are the figures that people choose, up to the next power of ten.
var round = []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10}

// DefaultThreshold returns a threshold of the currency to begin with, a round one worth some fifteen US dollars by the
// rates of RatesOf; zero for a currency that is not known.
func DefaultThreshold(code string) int64 {
	c, known := currency.Lookup(code)
	if !known {
		return 0
	}
	worth := defaultDollars * rates[code]
	power := math.Pow10(int(math.Floor(math.Log10(worth))))
	best := round[0]
	for _, figure := range round {
		if math.Abs(math.Log(worth/power/figure)) < math.Abs(math.Log(worth/power/best)) {
			best = figure
		}
	}
	return int64(math.Round(best * power * math.Pow10(c.Decimals)))
}
