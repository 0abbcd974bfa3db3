package deployment

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// large is a package with a large executable, and a small file behind it.
func large(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	executable := make([]byte, 2<<20)
	for _, file := range []struct {
		name string
		data []byte
	}{{"bootstrap", executable}, {policyFile, []byte("the policy")}} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(file.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// counter counts the bytes that are sent.
type counter struct {
	http.ResponseWriter
	n *int
}

func (c counter) Write(p []byte) (int, error) {
	*c.n += len(p)
	return c.ResponseWriter.Write(p)
}

func TestOneFileIsReadWithoutTheRest(t *testing.T) {
	archive := large(t)
	sent := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(counter{w, &sent}, r, "", time.Time{}, bytes.NewReader(archive))
	}))
	defer s.Close()
	got := readPolicy(t, s.URL)
	if got != "the policy" || sent > 5*block {
		t.Errorf("read %q with %d of %d bytes", got, sent, len(archive))
	}
}

func TestAServerWithoutParts(t *testing.T) {
	archive := large(t)
	requests := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		_, _ = w.Write(archive)
	}))
	defer s.Close()
	if got := readPolicy(t, s.URL); got != "the policy" || requests != 1 {
		t.Errorf("read %q with %d requests", got, requests)
	}
}

func readPolicy(t *testing.T, url string) string {
	t.Helper()
	r, err := openRemote(t.Context(), http.DefaultClient, url)
	if err != nil {
		t.Fatal(err)
	}
	text, err := fileIn(r, policyFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDownloadsThatGoWrong(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"expired":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"no zip":          func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"no size":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusPartialContent) },
		"more than asked": func(w http.ResponseWriter, _ *http.Request) { partial(w, "0-99/100", strings.Repeat("x", block+1)) },
		"too large":       func(w http.ResponseWriter, _ *http.Request) { partial(w, "0-0/999999999999", "x") },
		"ends early":      func(w http.ResponseWriter, _ *http.Request) { partial(w, "0-0/1000", "") },
		"hangs up":        func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		s := httptest.NewServer(answer)
		_, err := Function{codeURL: s.URL + "/?signature=secret"}.Policy(t.Context(), http.DefaultClient)
		s.Close()
		if err == nil || strings.Contains(err.Error(), "signature") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func partial(w http.ResponseWriter, contentRange, body string) {
	w.Header().Set("Content-Range", "bytes "+contentRange)
	w.WriteHeader(http.StatusPartialContent)
	_, _ = io.WriteString(w, body)
}
