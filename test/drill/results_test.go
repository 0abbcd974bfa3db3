//go:build parts

package drill

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"text/tabwriter"
)

// row is what the rounds at one boundary came to.
type row struct {
	doing, step, when          string
	rounds, twice, lost, wrong int
}

// book collects the rows.
type book struct {
	mu   sync.Mutex
	rows []*row
}

var results book

// add counts a round: what a function was doing, at which step, and when in it.
func (b *book) add(doing, step, when string, v verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.row(doing, step, when)
	r.rounds++
	r.twice += count(v.twice)
	r.lost += count(v.lost)
	r.wrong += count(len(v.faults) > 0)
}

func (b *book) row(doing, step, when string) *row {
	for _, r := range b.rows {
		if r.doing == doing && r.step == step && r.when == when {
			return r
		}
	}
	r := &row{doing: doing, step: step, when: when}
	b.rows = append(b.rows, r)
	return r
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// print writes the table. Wrong counts every round with any fault, a budget that does not add up among them.
func (b *book) print(to io.Writer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rows) == 0 {
		return
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "function\tstep\twhen\trounds\ttwice\tlost\twrong")
	sum := row{doing: "all", step: fmt.Sprint(len(b.rows))}
	slices.SortStableFunc(b.rows, func(x, y *row) int { return cmp.Compare(x.doing, y.doing) })
	for _, r := range b.rows {
		r.print(w)
		sum.rounds, sum.twice, sum.lost, sum.wrong = sum.rounds+r.rounds, sum.twice+r.twice, sum.lost+r.lost, sum.wrong+r.wrong
	}
	sum.print(w)
	_ = w.Flush()
}

func (r *row) print(w io.Writer) {
	fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\n", r.doing, r.step, r.when, r.rounds, r.twice, r.lost, r.wrong)
}
