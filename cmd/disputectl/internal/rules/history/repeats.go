package history

import (
	"hash/fnv"
	"io"
	"slices"

	"disputecloser/shared/dispute"
)

// digest is FNV-1a of 64 bits. Among a million ids, two have the same digest with a probability of less than one in a
// million.
func digest(id dispute.ID) uint64 {
	d := fnv.New64a()
	_, _ = io.WriteString(d, string(id)) // Writing to a hash never fails.
	return d.Sum64()
}

// repeated counts the records whose id another record has, except one of each id.
func repeated(workers []*worker) int64 {
	n := 0
	for _, w := range workers {
		n += len(w.ids)
	}
	all := make([]uint64, 0, n)
	for _, w := range workers {
		all = append(all, w.ids...)
		w.ids = nil
	}
	slices.Sort(all)
	return int64(n - len(slices.Compact(all)))
}
