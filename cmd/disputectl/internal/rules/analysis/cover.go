package analysis

import "slices"

// maxSteps bounds the searches of one check. Deciding a cover is hard in the worst case (it decides satisfiability);
// policies of hundreds of rules take some ten thousand steps in all, of a few microseconds each.
const maxSteps = 1_000_000

// answer of a search.
type answer int

const (
	covered answer = iota
	holed
	undecided
)

// blanket is a box that may cover others, with the dimensions in which it is not the whole dimension.
type blanket struct {
	box  box
	dims []int
}

func blanketOf(b box, sizes []int) blanket {
	out := blanket{box: b}
	for d, s := range b {
		if s.len() < sizes[d] {
			out.dims = append(out.dims, d)
		}
	}
	return out
}

func (b *blanket) meets(target box) bool {
	for _, d := range b.dims {
		if !target[d].meets(b.box[d]) {
			return false
		}
	}
	return true
}

// cutting returns the dimensions in which the target reaches beyond the blanket.
func (b *blanket) cutting(target box) []int {
	var dims []int
	for _, d := range b.dims {
		if !target[d].within(b.box[d]) {
			dims = append(dims, d)
		}
	}
	return dims
}

// search looks for a point of a box that no blanket covers.
type search struct {
	blankets []blanket
	// left is how many steps remain, shared by the searches of a check.
	left *int
	// used are the blankets that the search worked with: if it finds the box covered, these are enough to cover it.
	used map[int]bool
}

// run looks at the blanket that leaves the fewest pieces of the box, and searches each in turn. Rest lists the blankets
// that may still meet the box.
func (s *search) run(target box, rest []int) answer {
	if *s.left--; *s.left < 0 {
		return undecided
	}
	if target.empty() {
		return covered
	}
	open, chosen, cut := s.choose(target, rest)
	if chosen < 0 {
		return holed
	}
	s.used[chosen] = true
	by := s.blankets[chosen].box
	for _, d := range cut {
		if found := s.run(target.with(d, target[d].without(by[d])), open); found != covered {
			return found
		}
		target = target.with(d, target[d].and(by[d]))
	}
	return covered
}

// choose returns the blankets that meet the box, and of them the one with the fewest cutting dimensions; -1 if none does.
func (s *search) choose(target box, rest []int) (open []int, chosen int, cut []int) {
	chosen = -1
	for _, i := range rest {
		if !s.blankets[i].meets(target) {
			continue
		}
		open = append(open, i)
		if chosen >= 0 && len(cut) == 0 {
			continue
		}
		if dims := s.blankets[i].cutting(target); chosen < 0 || len(dims) < len(cut) {
			chosen, cut = i, dims
		}
	}
	return open, chosen, cut
}

// cover reports whether some of the atlas's rules together match everything in a box, and if they do, which of them suffice.
func (a *atlas) cover(target box, rules []int) (answer, []int) {
	s := &search{blankets: a.blankets, left: &a.steps, used: map[int]bool{}}
	found := s.run(target, rules)
	if found != covered {
		return found, nil
	}
	return covered, slices.DeleteFunc(slices.Clone(rules), func(i int) bool { return !s.used[i] })
}
