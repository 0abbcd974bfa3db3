package analysis

import "math/bits"

// set is a set of a dimension's atoms, one bit each.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func fullSet(n int) set {
	s := newSet(n)
	for i := range n {
		s.add(i)
	}
	return s
}

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s set) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s set) meets(t set) bool {
	for i, w := range s {
		if w&t[i] != 0 {
			return true
		}
	}
	return false
}

func (s set) within(t set) bool {
	for i, w := range s {
		if w&^t[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) and(t set) set {
	out := make(set, len(s))
	for i, w := range s {
		out[i] = w & t[i]
	}
	return out
}

func (s set) without(t set) set {
	out := make(set, len(s))
	for i, w := range s {
		out[i] = w &^ t[i]
	}
	return out
}

func (s set) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// box is a product of sets, one for each dimension of a space.
type box []set

func (b box) empty() bool {
	for _, s := range b {
		if s.empty() {
			return true
		}
	}
	return false
}

func (b box) meets(c box) bool {
	for d, s := range b {
		if !s.meets(c[d]) {
			return false
		}
	}
	return true
}

func (b box) and(c box) box {
	out := make(box, len(b))
	for d, s := range b {
		out[d] = s.and(c[d])
	}
	return out
}

// with returns the box with another set in one dimension.
func (b box) with(d int, s set) box {
	out := append(box(nil), b...)
	out[d] = s
	return out
}
