package currency

import (
	"strings"
	"sync"
)

// table holds the currencies of ISO 4217's list of active codes, without funds, metals and testing codes, and
// those withdrawn in 2025 and 2026 (ang, bgn), in which disputes may still arrive. It is made
// when it is first asked, because most functions start without it.
var table = sync.OnceValue(parse)

// lists groups the codes by decimals and magnitude.
var lists = []struct {
	Currency
	codes string
}{
	{Currency{Decimals: 0, Magnitude: 2}, "djf isk jpy vuv xpf"},
	{Currency{Decimals: 0, Magnitude: 3}, "bif clp kmf krw rwf xaf xof"},
	{Currency{Decimals: 0, Magnitude: 4}, "gnf pyg ugx vnd"},
	{Currency{Decimals: 2, Magnitude: 0}, "ang aud awg azn bam bbd bgn bmd bnd bsd bzd cad chf eur fjd fkp gbp gel gip " +
		"kyd nzd pab sgd shp top usd wst xcd xcg"},
	{Currency{Decimals: 2, Magnitude: 1}, "aed bob brl bwp byn cny cup czk dkk ern ghs gtq hkd hnl ils lsl mad mdl mop " +
		"mvr mxn myr nad nio nok pen pgk pln qar ron sar sbd scr sek sle stn svc szl tjs tmt ttd twd zar zmw zwg"},
	{Currency{Decimals: 2, Magnitude: 2}, "afn all bdt btn cve dop dzd egp etb gmd gyd htg inr jmd kes kgs lkr lrd mkd " +
		"mru mur mzn npr php pkr rsd rub srd thb try uah uyu ved ves yer"},
	{Currency{Decimals: 2, Magnitude: 3}, "amd aoa ars cdf crc huf kpw kzt mmk mwk ngn sdg sos tzs"},
	{Currency{Decimals: 2, Magnitude: 4}, "cop idr khr lak mga mnt ssp syp uzs"},
	{Currency{Decimals: 2, Magnitude: 5}, "irr lbp"},
	{Currency{Decimals: 3, Magnitude: -1}, "kwd"},
	{Currency{Decimals: 3, Magnitude: 0}, "bhd jod omr tnd"},
	{Currency{Decimals: 3, Magnitude: 1}, "lyd"},
	{Currency{Decimals: 3, Magnitude: 3}, "iqd"},
}

func parse() map[string]Currency {
	all := make(map[string]Currency)
	for _, l := range lists {
		for _, code := range strings.Fields(l.codes) {
			all[code] = l.Currency
		}
	}
	return all
}
