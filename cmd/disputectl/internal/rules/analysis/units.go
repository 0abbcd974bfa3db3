package analysis

import (
	"fmt"
	"maps"
	"slices"

	"disputecloser/shared/currency"
)

// far is how many times a bound must differ from every other bound of the file to be suspect.
const far = 50

// suspectMajor is the amount in a two-decimal currency below which a bound is suspect; suspectDollars is the worth in US
// dollars from which one in a zero-decimal currency is.
const (
	suspectMajor   = 100
	suspectDollars = 500
)

// stated is one bound of an amount condition.
type stated struct {
	at      Path
	code    string
	amount  int64
	dollars float64
	live    bool
}

// units warns of bounds that look as if written in another unit than the currency's minor one.
func (c *checker) units() {
	bounds := c.stated()
	for i, b := range bounds {
		if !b.live {
			continue
		}
		known, _ := currency.Lookup(b.code)
		below, above := c.farFrom(bounds, i)
		switch {
		case known.Decimals == 2 && (b.amount < suspectMajor || below):
			c.report(Problem{Kind: MajorUnits, At: b.at,
				Message: fmt.Sprintf("%d %s is %d.%02d: is it meant in major units?", b.amount, b.code, b.amount/100, b.amount%100),
				Hint:    fmt.Sprintf("amounts are in minor units: if %d.00 %s are meant, write %[1]d00", b.amount, b.code)})
		case known.Decimals == 0 && (b.dollars >= suspectDollars || above):
			c.report(Problem{Kind: MinorUnits, At: b.at,
				Message: fmt.Sprintf("%d %s is about %.0f US dollars: is it meant in hundredths?", b.amount, b.code, b.dollars),
				Hint:    fmt.Sprintf("%s has no decimals: if %d %[1]s are meant, write %[2]d", b.code, b.amount/100)})
		}
	}
}

// stated returns every bound of the file's amount conditions.
func (c *checker) stated() []stated {
	var all []stated
	for i := range c.doc.Rules {
		r, at := &c.doc.Rules[i], rulePath(i).Key("if").Key("amount")
		for _, code := range slices.Sorted(maps.Keys(r.If.Amount)) {
			b := r.If.Amount[code]
			for _, bound := range []struct {
				name  string
				value *int64
			}{{"at_least", b.AtLeast}, {"at_most", b.AtMost}} {
				if place := at.Key(code).Key(bound.name); bound.value != nil && c.sound(place) {
					known, _ := currency.Lookup(code)
					live := !r.Shadow && c.sound(rulePath(i).Key("shadow"))
					all = append(all, stated{place, code, *bound.value, known.Dollars(*bound.value), live})
				}
			}
		}
	}
	return all
}

// farFrom reports whether a bound is far below or far above every other bound. An only bound is neither.
func (c *checker) farFrom(bounds []stated, i int) (below, above bool) {
	below, above = len(bounds) > 1, len(bounds) > 1
	for n, peer := range bounds {
		if n != i {
			below = below && bounds[i].dollars*far <= peer.dollars
			above = above && bounds[i].dollars >= peer.dollars*far
		}
	}
	return below, above
}
