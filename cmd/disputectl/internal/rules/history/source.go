package history

import (
	"bytes"
	"errors"
	"io"
)

// source is a file that knows which byte is on which line, and that can be stopped.
type source struct {
	from io.Reader
	done <-chan struct{}
	// read counts bytes; ends are the places of the line ends among them that line has not passed yet.
	read int64
	ends []int64
	// passed counts the line ends that line has passed.
	passed int64
	tail   byte
	// limit is the byte after which reading fails with ErrLong; 0 means no limit.
	limit int64
}

// errStopped means that the context ended.
var errStopped = errors.New("stopped")

// maxIdle is how often a reader may return nothing.
const maxIdle = 100

func (s *source) stopped() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	for range maxIdle {
		switch {
		case s.stopped():
			return 0, errStopped
		case s.limit > 0 && s.read > s.limit:
			return 0, ErrLong
		}
		n, err := s.from.Read(p)
		s.note(p[:n])
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

func (s *source) note(p []byte) {
	for from := 0; ; {
		i := bytes.IndexByte(p[from:], '\n')
		if i < 0 {
			break
		}
		s.ends = append(s.ends, s.read+int64(from+i))
		from += i + 1
	}
	if s.read += int64(len(p)); len(p) > 0 {
		s.tail = p[len(p)-1]
	}
}

// line returns the line of a byte, counted from 1. No later call may ask for a byte before it.
func (s *source) line(at int64) int64 {
	n := 0
	for n < len(s.ends) && s.ends[n] < at {
		n++
	}
	s.ends = s.ends[n:]
	s.passed += int64(n)
	return s.passed + 1
}

// lines is the number of lines read; a last one without its end counts.
func (s *source) lines() int64 {
	n := s.passed + int64(len(s.ends))
	if s.read > 0 && s.tail != '\n' {
		n++
	}
	return n
}
