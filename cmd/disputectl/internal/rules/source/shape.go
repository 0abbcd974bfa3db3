package source

import (
	"fmt"
	"slices"
	"strconv"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

// field is one key that a mapping may have.
type field struct {
	name     string
	required bool
	read     func(n *node, path analysis.Path)
}

// mapping reads a mapping of known keys; a key that is nearly one is reported, and read as that one. It returns false
// if n is not a mapping.
func (r *reader) mapping(n *node, path analysis.Path, what string, fields []field) bool {
	if !r.expect(n, path, mapping, what) {
		return false
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	attempted := map[string]bool{}
	r.entries(n, path, func(key string, e entry) {
		if !slices.Contains(names, key) {
			key = r.unknownKey(e.key, path, what, key, names)
			if key == "" {
				return
			}
			r.places[path.Key(key)] = e.start()
		}
		attempted[key] = true
		fields[slices.Index(names, key)].read(e.value, path.Key(key))
	})
	for _, f := range fields {
		if f.required && !attempted[f.name] {
			r.refuse(path.Key(f.name), r.whole(n, path), fmt.Sprintf("%s needs %s", what, f.name), "add it")
		}
	}
	return true
}

// whole is where something missing from a mapping is reported.
func (r *reader) whole(n *node, path analysis.Path) Position {
	if at, ok := r.places[path]; ok {
		return at
	}
	return n.at
}

// unknownKey reports a key, and returns the one that was probably meant; empty if none is near.
func (r *reader) unknownKey(key *node, path analysis.Path, what, name string, names []string) string {
	near := analysis.Nearest(name, names)
	if near == "" {
		r.refuse(path.Key(name), key.at, fmt.Sprintf("%s has no %q", what, name), "it may have "+oneOf(names))
		return ""
	}
	r.refuse(path.Key(near), key.at, fmt.Sprintf("%s has no %q", what, name), fmt.Sprintf("did you mean %s?", near))
	return near
}

// entries calls read for each of a mapping's keys in their order, and remembers where they stand. A key that is
// not text or occurs twice is reported, and not read.
func (r *reader) entries(n *node, path analysis.Path, read func(key string, e entry)) {
	seen := map[string]Position{}
	for _, e := range n.entries {
		if e.key.form == refused {
			r.breaks(path)
			continue
		}
		if e.key.form != text {
			r.refuse(path, e.key.at, fmt.Sprintf("a key must be text, and %s is %s", e.key.shown(), e.key.form), "quote it if it is a key; an amount has no commas in it")
			continue
		}
		key := e.key.value
		if first, twice := seen[key]; twice {
			r.refuse(path.Key(key), e.key.at, fmt.Sprintf("%q occurs twice", key), "keep one of the two").Also = &first
			continue
		}
		seen[key] = e.key.at
		r.places[path.Key(key)] = e.start()
		read(key, e)
	}
}

// shown is a node's value in a message.
func (n *node) shown() string {
	if n.value == "" {
		return "it"
	}
	return n.value
}

// expect reports a node that is not of the form wanted.
func (r *reader) expect(n *node, path analysis.Path, want form, what string) bool {
	if n.form == want {
		return true
	}
	if n.form == refused {
		r.breaks(path)
		return false
	}
	r.refuse(path, r.shownAt(n, path), fmt.Sprintf("%s must be %s, not %s", what, want, n.form), wrongForm(n, want))
	return false
}

// shownAt is where a wrong value is reported: at the value, or at its key if the value is empty.
func (r *reader) shownAt(n *node, path analysis.Path) Position {
	if place, ok := r.places[path]; ok && n.form == null {
		return place
	}
	return n.at
}

func wrongForm(n *node, want form) string {
	switch {
	case n.form == null:
		return "give it a value, or leave the key out"
	case want == text && (n.form == number || n.form == boolean):
		return fmt.Sprintf("quote it: %q", n.value)
	case want == list && n.form != mapping:
		return fmt.Sprintf("write it as a list: [%s]", n.inList())
	default:
		return fmt.Sprintf("write %s", want)
	}
}

// inList is a scalar as an item of a list of text.
func (n *node) inList() string {
	if plainForm(n.value) != text {
		return strconv.Quote(n.value)
	}
	return n.value
}

func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	text := words[0]
	for _, w := range words[1:last] {
		text += ", " + w
	}
	return text + " and " + words[last]
}
