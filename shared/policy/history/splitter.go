package history

import "errors"

// splitter finds the records of an array, of lists, or of values one after another. It looks at brackets and
// strings only; whether a record is valid, its worker finds out.
type splitter struct {
	*feed
	pos int
	// start is where the record or word begins that is being read; none if there is no such.
	start int
	spans []span
	// long is set while a record is skipped that does not fit into a buffer.
	long bool
}

const none = -1

// split cuts the file. Records that came before a fault are handed over all the same.
func (s *splitter) split() error {
	err := s.run()
	return errors.Join(err, s.ship(min(s.pos, s.n), s.spans, true))
}

// run reads values of the file's format until it ends.
func (s *splitter) run() error {
	read := map[Format]func() error{Array: s.elements, List: s.list, Values: s.record}[s.format]
	opening := map[Format]byte{Array: '[', List: '{', Values: '{'}[s.format]
	for {
		ch, err := s.next()
		if err != nil || s.ended() {
			return err
		}
		if ch != opening {
			return s.at(s.pos, ErrFormat)
		}
		if err := read(); err != nil {
			return err
		}
	}
}

// ended tells whether nothing is left.
func (s *splitter) ended() bool { return s.eof && s.pos >= s.n }

// next skips white space and returns the next byte, which stays; 0 if the file has ended.
func (s *splitter) next() (byte, error) {
	for {
		for ; s.pos < s.n; s.pos++ {
			switch ch := s.buf[s.pos]; ch {
			case ' ', '\n', '\t', '\r':
			default:
				return ch, nil
			}
		}
		if err := s.refill(); err != nil || s.ended() {
			return 0, err
		}
	}
}

// want is next in the middle of something: there the file must not end.
func (s *splitter) want() (byte, error) {
	ch, err := s.next()
	if err == nil && s.ended() {
		err = s.at(s.n, ErrTruncated)
	}
	return ch, err
}

// refill makes more of the file readable at pos.
func (s *splitter) refill() error {
	if s.n < len(s.buf) || s.eof {
		return s.fill()
	}
	keep := min(s.pos, s.n)
	if s.start != none {
		keep = s.start
	}
	if keep == 0 {
		s.long = true
		s.tooLong(s.line, s.base)
		s.start, keep = none, s.n
	}
	if err := s.ship(keep, s.spans, false); err != nil {
		return err
	}
	s.spans = nil
	s.pos -= keep
	if s.start != none {
		s.start = 0
	}
	return s.fill()
}

// elements reads an array and its records.
func (s *splitter) elements() error {
	s.pos++
	ch, err := s.want()
	if err != nil {
		return err
	}
	for ch != ']' {
		if err := s.record(); err != nil {
			return err
		}
		if ch, err = s.want(); err != nil {
			return err
		}
		if ch == ',' {
			s.pos++
			if ch, err = s.want(); err == nil && ch == ']' {
				err = s.at(s.pos, ErrFormat)
			}
		} else if ch != ']' {
			err = s.at(s.pos, ErrFormat)
		}
		if err != nil {
			return err
		}
	}
	s.pos++
	return nil
}

// record reads one value and notes its span.
func (s *splitter) record() error {
	s.start, s.long = s.pos, false
	if err := s.value(); err != nil {
		return err
	}
	if !s.long {
		s.spans = append(s.spans, span{s.start, s.pos})
	}
	s.start = none
	return nil
}

// word reads one value, which is to be short, and returns its text.
func (s *splitter) word() (string, error) {
	s.start, s.long = s.pos, false
	if err := s.value(); err != nil {
		return "", err
	}
	if s.long {
		return "", nil
	}
	text := string(s.buf[s.start:s.pos])
	s.start = none
	return text, nil
}

// value goes to the end of the value at pos.
func (s *splitter) value() error {
	switch s.buf[s.pos] {
	case '{', '[':
		return s.nested()
	case '"':
		return s.text()
	case ',', ']', '}', ':':
		return s.at(s.pos, ErrFormat)
	}
	return s.scalar()
}

func (s *splitter) scalar() error {
	for {
		for ; s.pos < s.n; s.pos++ {
			switch s.buf[s.pos] {
			case ' ', '\n', '\t', '\r', ',', ']', '}', '{', '[', '"', ':':
				return nil
			}
		}
		if err := s.refill(); err != nil {
			return err
		}
		if s.ended() {
			return s.at(s.n, ErrTruncated)
		}
	}
}

// text goes behind the string at pos.
func (s *splitter) text() error {
	s.pos++
	for {
		for s.pos < s.n {
			ch := s.buf[s.pos]
			s.pos++
			if ch == '"' {
				return nil
			}
			if ch == '\\' {
				s.pos++
			}
		}
		if err := s.refill(); err != nil {
			return err
		}
		if s.ended() {
			return s.at(s.n, ErrTruncated)
		}
	}
}

// nested goes behind the object or array at pos.
func (s *splitter) nested() error {
	depth := 0
	for {
		for s.pos < s.n {
			switch s.buf[s.pos] {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			case '"':
				if err := s.text(); err != nil {
					return err
				}
				continue
			}
			s.pos++
			if depth == 0 {
				return nil
			}
		}
		if err := s.refill(); err != nil {
			return err
		}
		if s.ended() {
			return s.at(s.n, ErrTruncated)
		}
	}
}

// list reads an answer of WooshPay's list and the records of its data.
func (s *splitter) list() error {
	s.pos++
	ch, err := s.want()
	for err == nil && ch != '}' {
		if err = s.listField(ch); err != nil {
			return err
		}
		if ch, err = s.want(); err == nil && ch == ',' {
			s.pos++
			if ch, err = s.want(); err == nil && ch == '}' {
				return s.at(s.pos, ErrFormat)
			}
		} else if err == nil && ch != '}' {
			return s.at(s.pos, ErrFormat)
		}
	}
	s.pos++
	return err
}

// listField reads one field of a list's answer.
func (s *splitter) listField(ch byte) error {
	if ch != '"' {
		return s.at(s.pos, ErrFormat)
	}
	name, err := s.word()
	if err != nil {
		return err
	}
	if ch, err = s.want(); err != nil {
		return err
	}
	if ch != ':' {
		return s.at(s.pos, ErrFormat)
	}
	s.pos++
	if ch, err = s.want(); err != nil {
		return err
	}
	if name == `"data"` && ch == '[' {
		return s.elements()
	}
	value, err := s.word()
	if name == `"has_more"` {
		s.more = value == "true"
	}
	return err
}
