package history

import "bytes"

// leading is the length of what may precede the first record: a byte order mark and white space.
func leading(text []byte) int {
	mark := len(text) - len(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	c := cursor{b: text, i: mark}
	c.space()
	return c.i
}

// detect tells a file's format by its first bytes.
func detect(text []byte) (Format, error) {
	switch {
	case text[0] == '[':
		return Array, nil
	case text[0] != '{':
		return "", ErrFormat
	case isList(text):
		return List, nil
	}
	first, _, _ := bytes.Cut(text, []byte{'\n'})
	if string(bytes.TrimSpace(first)) == "{" {
		return Values, nil
	}
	return Lines, nil
}

// isList tells whether an object is an answer of the list: its object says so, or it has an array of data and
// no id before it.
func isList(text []byte) bool {
	c := cursor{b: text}
	for first := true; ; first = false {
		name, more, ok := c.key(first)
		if !more || !ok {
			return false
		}
		key := string(name)
		if key == "id" || key == "data" && c.at('[') {
			return key == "data"
		}
		start := c.i
		if !c.value(1) {
			return false
		}
		if key == "object" && string(c.b[start:c.i]) == `"list"` {
			return true
		}
		c.space()
	}
}
