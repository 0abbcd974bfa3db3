package deployment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	// maxPackage is Lambda's limit of a package in bytes, unzipped.
	maxPackage = 250 << 20
	// maxWhole bounds in bytes what is downloaded from a server that sends no parts.
	maxWhole = 64 << 20
	// block is how many bytes are asked for at once: more than a small package's directory.
	block = 64 << 10
)

// errDownload stands for an error that would show the address, which lets anybody download the package.
var errDownload = errors.New("the download failed")

// remote is a file behind a URL, read in parts. It is not safe for concurrent use.
type remote struct {
	get  func(from, to int64) (data []byte, size int64, err error)
	size int64
	// have is the newest block, and at where it begins.
	have []byte
	at   int64
}

// openRemote asks for the file's first block, whose answer has the size, or for all of it if the server sends no parts.
func openRemote(ctx context.Context, client *http.Client, url string) (*remote, error) {
	r := &remote{get: func(from, to int64) ([]byte, int64, error) { return part(ctx, client, url, from, to) }}
	data, size, err := r.get(0, block)
	if err != nil {
		return nil, err
	}
	if size < 0 || size > maxPackage {
		return nil, fmt.Errorf("its size is %d bytes", size)
	}
	r.have, r.size = data, size
	return r, nil
}

// ReadAt reads what the newest block does not hold from the other side.
func (r *remote) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < r.size {
		if off < r.at || off >= r.at+int64(len(r.have)) {
			data, _, err := r.get(off, min(off+block, r.size))
			if err != nil {
				return n, err
			}
			if len(data) == 0 {
				return n, io.ErrUnexpectedEOF
			}
			r.have, r.at = data, off
		}
		copied := copy(p[n:], r.have[off-r.at:])
		n, off = n+copied, off+int64(copied)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// part returns the bytes of a file from one place up to another, and its size. From a server that sends no parts it
// returns the whole file, whatever was asked for.
func part(ctx context.Context, client *http.Client, url string, from, to int64) ([]byte, int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, errDownload
	}
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to-1))
	resp, err := client.Do(req)
	if err != nil {
		return nil, 0, errDownload
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK && from == 0:
		data, err := readBounded(resp.Body, maxWhole)
		return data, int64(len(data)), err
	case resp.StatusCode == http.StatusPartialContent:
		data, err := readBounded(resp.Body, to-from)
		return data, sizeOf(resp.Header.Get("Content-Range")), err
	}
	return nil, 0, fmt.Errorf("%w: status %d", errDownload, resp.StatusCode)
}

func readBounded(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, errDownload
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes came", errDownload, limit)
	}
	return data, nil
}

// sizeOf reads the size out of a Content-Range such as "bytes 0-99/1234"; -1 if there is none.
func sizeOf(contentRange string) int64 {
	_, total, _ := strings.Cut(contentRange, "/")
	size, err := strconv.ParseInt(total, 10, 64)
	if err != nil {
		return -1
	}
	return size
}
