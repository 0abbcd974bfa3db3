package dynamo

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// exactMax is the size in bytes up to which a dispute is stored and restored.
const exactMax = 8 << 20

var (
	errTooLarge = errors.New("the dispute is too large to store")
	// errNoBytes is returned for a dispute that was not parsed from WooshPay's bytes.
	errNoBytes = errors.New("the dispute lacks the bytes that WooshPay sent")
)

// The pools keep gzip's working memory, which is many times the size of a dispute.
var (
	compressors   = sync.Pool{New: newCompressor}
	decompressors = sync.Pool{New: func() any { return new(gzip.Reader) }}
)

// asStored is the value of an attribute that a write leaves as it is.
var asStored = &types.AttributeValueMemberNULL{}

// putDispute writes a dispute twice: exactly as WooshPay sent it, and as a map that can be queried. What was loaded with the
// same dispute stays as it is.
func putDispute(a attributes, d dispute.Dispute, was load) error {
	size := d.Size()
	switch {
	case size > exactMax:
		return fault.Mark(fault.Permanent, fmt.Errorf("%w: %d bytes", errTooLarge, size))
	case size == 0 && d.ID != "":
		return fault.Mark(fault.Permanent, errNoBytes)
	case size == 0:
		return nil
	}
	room := viewRoom - sizeOf(a)
	if was.holds(d) && viewMost*size <= room {
		a["dispute_exact"], a["dispute"] = was.item["dispute_exact"], asStored
		return nil
	}
	raw := d.Raw()
	a["dispute_exact"] = &types.AttributeValueMemberB{Value: compress(raw)}
	if view := viewOf(raw, room-sizeOf(attributes{"dispute_exact": a["dispute_exact"]})); len(view) > 0 {
		a["dispute"] = &types.AttributeValueMemberM{Value: view}
	}
	return nil
}

// storedDispute restores a dispute from its exact bytes; the zero Dispute if there are none.
func storedDispute(a attributes) (dispute.Dispute, error) {
	stored, ok := a["dispute_exact"]
	if !ok {
		return dispute.Dispute{}, nil
	}
	d, err := unpackDispute(stored)
	if err != nil {
		return dispute.Dispute{}, fmt.Errorf("dispute_exact: %w", err)
	}
	return d, nil
}

func unpackDispute(stored types.AttributeValue) (dispute.Dispute, error) {
	packed, err := as[*types.AttributeValueMemberB](stored)
	if err != nil {
		return dispute.Dispute{}, err
	}
	raw, err := decompress(packed.Value)
	if err != nil {
		return dispute.Dispute{}, err
	}
	return dispute.Parse(raw)
}

// newCompressor returns a compressor of the fastest level. It costs a third of the default's time, and any reader of gzip reads
// what it writes.
func newCompressor() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one of gzip's
	}
	return w
}

func compress(raw []byte) []byte {
	var packed bytes.Buffer
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(&packed)
	_, _ = w.Write(raw) // a bytes.Buffer never fails
	_ = w.Close()
	return packed.Bytes()
}

func decompress(packed []byte) ([]byte, error) {
	r := decompressors.Get().(*gzip.Reader)
	defer decompressors.Put(r)
	if err := r.Reset(bytes.NewReader(packed)); err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	raw.Grow(int(min(unpackedSize(packed), exactMax)) + bytes.MinRead)
	n, err := raw.ReadFrom(io.LimitReader(r, exactMax+1))
	if err == nil && n > exactMax {
		err = errTooLarge
	}
	return raw.Bytes(), err
}

// unpackedSize is what gzip's last four bytes say (RFC 1952, ISIZE).
func unpackedSize(packed []byte) uint32 {
	if len(packed) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(packed[len(packed)-4:])
}
