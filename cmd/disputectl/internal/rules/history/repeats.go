package history

import (
	"hash/fnv"
	"io"
	"slices"

	"disputecloser/shared/dispute"
)

// digest is FNV-1a of 64 bits: among a million ids two share one by chance in less than one history of a million.
func digest(id dispute.ID) uint64 {
	d := fnv.New64a()
	_, _ = io.WriteString(d, string(id)) // A hash takes everything.
	return d.Sum64()
}

// repeated counts the records whose id an other one has, all but one of each id.
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
