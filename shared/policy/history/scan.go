package history

import "bytes"

// cursor walks through JSON text once and checks it on the way, by the same grammar as encoding/json. After a
// method has returned false, i is the place of the fault, or len(b) if the text ended too early.
type cursor struct {
	b []byte
	i int
	// plain tells of the string read last that its characters stand for themselves.
	plain bool
}

// maxDepth is encoding/json's.
const maxDepth = 10000

func (c *cursor) space() {
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case ' ', '\n', '\t', '\r':
			c.i++
		default:
			return
		}
	}
}

// at tells whether the next byte is ch.
func (c *cursor) at(ch byte) bool { return c.i < len(c.b) && c.b[c.i] == ch }

func (c *cursor) eat(ch byte) bool {
	if c.at(ch) {
		c.i++
		return true
	}
	return false
}

// ordinary are the bytes of a string that stand for themselves.
var ordinary = func() (table [256]bool) {
	for ch := ' '; ch < 0x80; ch++ {
		table[ch] = ch != '"' && ch != '\\'
	}
	return table
}()

// str reads a string and returns what is between its quotes.
func (c *cursor) str() ([]byte, bool) {
	if !c.eat('"') {
		return nil, false
	}
	c.plain = true
	start := c.i
	for i := start; i < len(c.b); i++ {
		ch := c.b[i]
		switch {
		case ordinary[ch]:
		case ch == '"':
			c.i = i + 1
			return c.b[start:i], true
		case ch == '\\':
			c.i, c.plain = i, false
			if !c.escape() {
				return nil, false
			}
			i = c.i - 1
		case ch < ' ':
			c.i = i
			return nil, false
		default:
			c.plain = false
		}
	}
	c.i = len(c.b)
	return nil, false
}

// escape reads a backslash and what belongs to it.
func (c *cursor) escape() bool {
	c.i++
	if c.i == len(c.b) {
		return false
	}
	if !c.eat('u') {
		known := bytes.IndexByte([]byte(`"\/bfnrt`), c.b[c.i]) >= 0
		if known {
			c.i++
		}
		return known
	}
	for range 4 {
		if c.i == len(c.b) || !isHex(c.b[c.i]) {
			return false
		}
		c.i++
	}
	return true
}

func isHex(ch byte) bool {
	return isDigit(ch) || 'a' <= ch && ch <= 'f' || 'A' <= ch && ch <= 'F'
}

func isDigit(ch byte) bool { return '0' <= ch && ch <= '9' }

// value reads any value; depth counts the objects and arrays around it.
func (c *cursor) value(depth int) bool {
	if c.i == len(c.b) {
		return false
	}
	switch ch := c.b[c.i]; {
	case ch == '"':
		_, ok := c.str()
		return ok
	case ch == '{':
		return c.object(depth + 1)
	case ch == '[':
		return c.array(depth + 1)
	case ch == '-' || isDigit(ch):
		return c.number()
	case ch == 't':
		return c.word("true")
	case ch == 'f':
		return c.word("false")
	case ch == 'n':
		return c.word("null")
	}
	return false
}

func (c *cursor) word(w string) bool {
	for i := range len(w) {
		if !c.eat(w[i]) {
			return false
		}
	}
	return true
}

func (c *cursor) number() bool {
	c.eat('-')
	if !c.eat('0') && !c.digits() {
		return false
	}
	if c.eat('.') && !c.digits() {
		return false
	}
	if c.at('e') || c.at('E') {
		c.i++
		if !c.eat('+') {
			c.eat('-')
		}
		return c.digits()
	}
	return true
}

// digits reads one digit or more.
func (c *cursor) digits() bool {
	start := c.i
	for c.i < len(c.b) && isDigit(c.b[c.i]) {
		c.i++
	}
	return c.i > start
}

func (c *cursor) object(depth int) bool {
	if depth > maxDepth {
		return false
	}
	for first := true; ; first = false {
		_, more, ok := c.key(first)
		if !more || !ok {
			return ok
		}
		if !c.value(depth) {
			return false
		}
	}
}

// key reads what precedes a field's value: the brace or the comma, the name, the colon. The name is as it is
// between its quotes. At the object's end there is no more.
func (c *cursor) key(first bool) (name []byte, more, ok bool) {
	if first {
		c.i++
	}
	c.space()
	if c.eat('}') {
		return nil, false, true
	}
	if !first {
		if !c.eat(',') {
			return nil, false, false
		}
		c.space()
	}
	if name, ok = c.str(); !ok {
		return nil, false, false
	}
	c.space()
	if !c.eat(':') {
		return nil, false, false
	}
	c.space()
	return name, true, true
}

func (c *cursor) array(depth int) bool {
	if depth > maxDepth {
		return false
	}
	c.i++
	c.space()
	if c.eat(']') {
		return true
	}
	for {
		c.space()
		if !c.value(depth) {
			return false
		}
		c.space()
		if c.eat(']') {
			return true
		}
		if !c.eat(',') {
			return false
		}
	}
}
