package history

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// batch holds records, one after another in text.
type batch struct {
	text  []byte
	spans []span
}

// span is a record's place: in its batch, and in its file.
type span struct {
	from, to int
	at, line int64
	// long records are not in the batch.
	long bool
}

// batchSize is the length of text in bytes from which a batch is handed over.
const batchSize = 256 << 10

// feed cuts a file into records and hands them to the workers in batches. Its memory is that of the batches that wait or are
// worked on, and of one record.
type feed struct {
	source *source
	in     *bufio.Reader
	o      Options
	full   chan batch
	free   chan batch
	next   batch
	format Format
	// more is the last list's has_more.
	more bool
}

func newFeed(ctx context.Context, r io.Reader, o Options, workers int) *feed {
	batches := workers + 2
	s := &source{from: r, done: ctx.Done()}
	f := &feed{source: s, in: bufio.NewReaderSize(s, MaxRecord+1), o: o, full: make(chan batch, batches), free: make(chan batch, batches)}
	for range batches {
		f.free <- batch{}
	}
	return f
}

// read cuts the whole file.
func (f *feed) read() error {
	begin, err := f.begin()
	if err == nil {
		if f.format == Lines {
			err = f.lines(begin)
		} else {
			err = f.values(begin)
		}
	}
	return errors.Join(err, f.flush())
}

// add puts a record into the batch.
func (f *feed) add(text []byte, at int64) error {
	s := span{from: len(f.next.text), at: at, line: f.source.line(at), long: len(text) > MaxRecord}
	if !s.long {
		f.next.text = append(f.next.text, text...)
	}
	s.to = len(f.next.text)
	f.next.spans = append(f.next.spans, s)
	if s.to < batchSize && len(f.next.spans) < batchSize/16 {
		return nil
	}
	return f.flush()
}

// flush hands the batch over.
func (f *feed) flush() error {
	if f.o.Progress != nil {
		f.o.Progress(f.source.read, f.o.Size)
	}
	select {
	case empty := <-f.free:
		f.full <- f.next
		f.next = batch{text: empty.text[:0], spans: empty.spans[:0]}
		return nil
	case <-f.source.done:
		return errStopped
	}
}

// at returns an error with the place where it was found.
func (f *feed) at(at int64, err error) error {
	return fmt.Errorf("line %d, byte %d: %w", f.source.line(at), at, err)
}

// truncated is the error of a file that ends too early.
func (f *feed) truncated() error { return f.at(f.source.read, ErrTruncated) }

// lines reads a file in which each line is a record, from a byte on.
func (f *feed) lines(at int64) error {
	for {
		text, err := f.in.ReadSlice('\n')
		next := at + int64(len(text))
		if errors.Is(err, bufio.ErrBufferFull) {
			if err := f.add(text, at); err != nil { // It is too long, and counted.
				return err
			}
			text = nil
			next, err = f.skipLine(next)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return f.at(next, err)
		}
		if err := f.line(bytes.TrimSuffix(text, []byte("\n")), at); err != nil {
			return err
		}
		if err != nil {
			return f.ended(text)
		}
		at = next
	}
}

// skipLine reads the rest of a line, and returns the place behind it.
func (f *feed) skipLine(at int64) (int64, error) {
	for {
		text, err := f.in.ReadSlice('\n')
		at += int64(len(text))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return at, err
		}
	}
}

// line adds a line, unless it is blank.
func (f *feed) line(text []byte, at int64) error {
	if len(bytes.TrimSpace(text)) == 0 {
		f.source.line(at)
		return nil
	}
	return f.add(text, at)
}

// ended reports whether the file's last line ends in the middle of its object.
func (f *feed) ended(text []byte) error {
	err := json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return f.truncated()
	}
	return nil
}
