package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// chunk is a part of a file that holds whole records.
type chunk struct {
	text []byte
	// base is the byte of the file at which the text begins, line the line.
	base, line int64
	// spans are the records, unless each line is one.
	spans []span
	lined bool
	// last tells that the file ends here.
	last bool
}

// span is a record's place in its chunk.
type span struct{ from, to int }

// feed cuts a file into chunks and hands them to the workers. Its memory is that of its buffers: one for each
// chunk that waits or is worked on, and one that is being filled.
type feed struct {
	r    io.Reader
	o    Options
	done <-chan struct{}
	full chan chunk
	free chan []byte

	// buf[:n] was read and not handed over yet; base and line are the place of its first byte.
	buf        []byte
	n          int
	base, line int64
	// read counts bytes, tail is the last of them.
	read int64
	tail byte
	eof  bool

	format Format
	more   bool
	bad    int64
	faults []Fault
}

// errStopped means that the context ended.
var errStopped = errors.New("stopped")

// bufferSize is the length of a chunk: a record of MaxRecord bytes and its end fit in.
const bufferSize = MaxRecord + 4096

func newFeed(ctx context.Context, r io.Reader, o Options, workers int) *feed {
	buffers := workers + 2
	f := &feed{r: r, o: o, done: ctx.Done(), full: make(chan chunk, buffers), free: make(chan []byte, buffers), line: 1}
	for range buffers {
		f.free <- nil
	}
	f.buf = make([]byte, bufferSize)
	return f
}

// maxIdle is how often a reader may return nothing.
const maxIdle = 100

// fill reads until the buffer is full or the file ends.
func (f *feed) fill() error {
	for idle := 0; f.n < len(f.buf) && !f.eof; {
		select {
		case <-f.done:
			return errStopped
		default:
		}
		n, err := f.r.Read(f.buf[f.n:])
		f.n += n
		f.read += int64(n)
		if idle++; n > 0 {
			f.tail, idle = f.buf[f.n-1], 0
		}
		if idle == maxIdle {
			err = io.ErrNoProgress
		}
		switch {
		case errors.Is(err, io.EOF):
			f.eof = true
		case err != nil:
			return fmt.Errorf("read history at byte %d: %w", f.read, err)
		}
	}
	if f.o.Progress != nil {
		f.o.Progress(f.read, f.o.Size)
	}
	return nil
}

// ship hands over the first upto bytes, and goes on with the rest in another buffer.
func (f *feed) ship(upto int, spans []span, last bool) error {
	c := chunk{text: f.buf[:upto], base: f.base, line: f.line, spans: spans, lined: f.format == Lines, last: last}
	var next []byte
	select {
	case next = <-f.free:
	case <-f.done:
		return errStopped
	}
	if next == nil {
		next = make([]byte, bufferSize)
	}
	next = next[:bufferSize]
	rest := copy(next, f.buf[upto:f.n])
	f.advance(upto)
	f.buf, f.n = next, rest
	f.full <- c
	return nil
}

// drop forgets the first upto bytes.
func (f *feed) drop(upto int) {
	f.advance(upto)
	f.n = copy(f.buf, f.buf[upto:f.n])
}

func (f *feed) advance(upto int) {
	f.line += int64(bytes.Count(f.buf[:upto], []byte{'\n'}))
	f.base += int64(upto)
}

// lines is the number of lines read; a last one without its end counts.
func (f *feed) lines() int64 {
	n := f.line - 1 + int64(bytes.Count(f.buf[:f.n], []byte{'\n'}))
	if f.read > 0 && f.tail != '\n' {
		n++
	}
	return n
}

// at returns an error with the place of byte i of the buffer.
func (f *feed) at(i int, err error) error {
	c := chunk{text: f.buf[:f.n], base: f.base, line: f.line}
	return c.at(min(i, f.n), err)
}

func (c chunk) at(i int, err error) error {
	line := c.line + int64(bytes.Count(c.text[:i], []byte{'\n'}))
	return fmt.Errorf("read history: line %d, byte %d: %w", line, c.base+int64(i), err)
}

var reasonLong = fmt.Sprintf("longer than %d bytes", MaxRecord)

// tooLong counts a record that began at a place of the file.
func (f *feed) tooLong(line, base int64) {
	f.bad++
	if len(f.faults) < MaxFaults {
		f.faults = append(f.faults, Fault{Line: line, Byte: base, Reason: reasonLong})
	}
}

// split cuts the file by its format.
func (f *feed) split() error {
	if err := f.fill(); err != nil {
		return err
	}
	f.drop(leading(f.buf[:f.n]))
	if err := f.fill(); err != nil {
		return err
	}
	if f.n == 0 {
		f.format = Lines
		return nil
	}
	var err error
	if f.format, err = detect(f.buf[:f.n]); err != nil {
		return f.at(0, err)
	}
	if f.format == Lines {
		return f.splitLines()
	}
	return (&splitter{feed: f, start: none}).split()
}
