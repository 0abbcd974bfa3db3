package analysis

import (
	"maps"
	"math"
	"slices"

	"disputecloser/shared/policy"
)

// words is a dimension of texts: those that conditions mention, and any other, which for metadata stands for a missing
// key too. The last atom is unknown.
type words struct{ at map[string]int }

func wordsOf(lists []*policy.Words, key func(string) string) words {
	w := words{at: map[string]int{}}
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, text := range slices.Concat(list.In, list.Not) {
			if _, ok := w.at[key(text)]; !ok {
				w.at[key(text)] = len(w.at)
			}
		}
	}
	return w
}

func (w words) size() int { return len(w.at) + 2 }

// try returns a list's outcome on an atom. No word is at the atoms of other and unknown texts.
func (w words) try(list *policy.Words, key func(string) string, atom int) policy.Truth {
	if atom == w.size()-1 {
		return policy.Unknown
	}
	for _, text := range list.In {
		if w.at[key(text)] == atom {
			return policy.Yes
		}
	}
	if len(list.In) > 0 {
		return policy.No
	}
	for _, text := range list.Not {
		if w.at[key(text)] == atom {
			return policy.No
		}
	}
	return policy.Yes
}

// numbers is a dimension of integers, cut where bounds begin and end. The last atom is unknown.
type numbers struct {
	// starts are the least numbers of the atoms, ascending.
	starts []int64
}

// cuts collects the bounds of one dimension.
type cuts struct {
	least  int64
	starts map[int64]bool
}

func newCuts(least int64) cuts { return cuts{least, map[int64]bool{least: true}} }

func (c cuts) bound(low, high *int64) {
	if low != nil && *low > c.least {
		c.starts[*low] = true
	}
	if high != nil && *high >= c.least && *high < math.MaxInt64 {
		c.starts[*high+1] = true
	}
}

func (c cuts) numbers() numbers { return numbers{slices.Sorted(maps.Keys(c.starts))} }

func (n numbers) size() int { return len(n.starts) + 1 }

func (n numbers) try(low, high *int64, atom int) policy.Truth {
	if atom == len(n.starts) {
		return policy.Unknown
	}
	// An atom lies wholly inside or outside of every bound it was cut by.
	start := n.starts[atom]
	if low != nil && start < *low || high != nil && start > *high {
		return policy.No
	}
	return policy.Yes
}

func truth(b bool) policy.Truth {
	if b {
		return policy.Yes
	}
	return policy.No
}

func judge(o policy.Truth, atom int, no, unsure set) {
	switch o {
	case policy.No:
		no.add(atom)
	case policy.Unknown:
		unsure.add(atom)
	}
}
