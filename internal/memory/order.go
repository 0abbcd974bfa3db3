package memory

import (
	"cmp"
	"iter"
	"slices"

	"disputecloser/shared/closing"
)

// blockMax is the number of entries at which a block is split in two.
const blockMax = 512

// order keeps due entries sorted by instant and id. It is a sorted list of sorted blocks, none of them empty:
// an insertion moves the entries of one block, whatever the number of blocks.
type order struct {
	blocks [][]closing.Due
}

func compare(a, b closing.Due) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
}

// find returns the block that holds d or should hold it, and its place there.
func (o *order) find(d closing.Due) (block, place int, found bool) {
	block, _ = slices.BinarySearchFunc(o.blocks, d, func(b []closing.Due, d closing.Due) int {
		return compare(b[len(b)-1], d)
	})
	if block == len(o.blocks) {
		return block, 0, false
	}
	place, found = slices.BinarySearchFunc(o.blocks[block], d, compare)
	return block, place, found
}

func (o *order) insert(d closing.Due) {
	block, place, _ := o.find(d)
	if block == len(o.blocks) {
		if block == 0 {
			o.blocks = [][]closing.Due{{d}}
			return
		}
		block--
		place = len(o.blocks[block])
	}
	grown := slices.Insert(o.blocks[block], place, d)
	o.blocks[block] = grown
	if len(grown) > blockMax {
		half := len(grown) / 2
		o.blocks = slices.Insert(o.blocks, block+1, slices.Clone(grown[half:]))
		clear(grown[half:])
		o.blocks[block] = grown[:half]
	}
}

func (o *order) remove(d closing.Due) {
	block, place, found := o.find(d)
	if !found {
		return
	}
	shrunk := slices.Delete(o.blocks[block], place, place+1)
	o.blocks[block] = shrunk
	if len(shrunk) == 0 {
		o.blocks = slices.Delete(o.blocks, block, block+1)
	}
}

// after yields the entries that follow d, in order.
func (o *order) after(d closing.Due) iter.Seq[closing.Due] {
	return func(yield func(closing.Due) bool) {
		block, place, found := o.find(d)
		if found {
			place++
		}
		for ; block < len(o.blocks); block++ {
			for _, due := range o.blocks[block][place:] {
				if !yield(due) {
					return
				}
			}
			place = 0
		}
	}
}
