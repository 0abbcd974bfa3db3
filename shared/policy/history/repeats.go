package history

import "slices"

// digest is FNV-1a of 64 bits: among a million ids two share one by chance in less than one history of a million.
func digest(id []byte) uint64 {
	d := uint64(14695981039346656037)
	for _, b := range id {
		d = (d ^ uint64(b)) * 1099511628211
	}
	return d
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
