package wooshpay

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"disputecloser/shared/fault"
)

// Frames and codes of HTTP/2 (RFC 9113), as far as a server needs them to lose an answer.
const (
	frameHeaders, frameReset, frameSettings, frameGoAway = 1, 3, 4, 7

	flagAck, flagEnd = 1, 1 | 4

	codeNone, codeProtocol, codeRefused = 0, 1, 7

	prefaceLen = len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
)

func writeFrame(w io.Writer, kind, flags byte, stream uint32, payload ...byte) {
	frame := append(make([]byte, 0, 9+len(payload)), 0, 0, byte(len(payload)), kind, flags)
	frame = binary.BigEndian.AppendUint32(frame, stream)
	_, _ = w.Write(append(frame, payload...))
}

// loseAnswers speaks HTTP/2 and executes every request. It answers the first with lose, and the others with 200.
func loseAnswers(conn net.Conn, executed *atomic.Int64, lose func(w io.Writer, stream uint32)) {
	r := bufio.NewReader(conn)
	if _, err := r.Discard(prefaceLen); err != nil {
		return
	}
	writeFrame(conn, frameSettings, 0, 0)
	var head [9]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		size := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
		if _, err := r.Discard(size); err != nil {
			return
		}
		stream := binary.BigEndian.Uint32(head[5:])
		switch {
		case head[3] == frameSettings && head[4]&flagAck == 0:
			writeFrame(conn, frameSettings, flagAck, 0)
		case head[3] == frameHeaders && executed.Add(1) == 1:
			lose(conn, stream)
		case head[3] == frameHeaders:
			writeFrame(conn, frameHeaders, flagEnd, stream, 0x88) // :status 200 in HPACK's static table
		}
	}
}

func resetStream(code byte) func(io.Writer, uint32) {
	return func(w io.Writer, stream uint32) { writeFrame(w, frameReset, 0, stream, 0, 0, 0, code) }
}

// goAway says that no stream was processed, which is untrue.
func goAway(w io.Writer, _ uint32) {
	writeFrame(w, frameGoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, codeNone)
}

var losses = map[string]func(io.Writer, uint32){
	"RST_STREAM PROTOCOL_ERROR": resetStream(codeProtocol),
	"RST_STREAM REFUSED_STREAM": resetStream(codeRefused),
	"GOAWAY":                    goAway,
}

// serveBoth offers HTTP/2 and HTTP/1.1 over TLS, and loses the first answer over both.
func serveBoth(t *testing.T, lose func(io.Writer, uint32)) (*peer, *x509.CertPool) {
	t.Helper()
	cert, pool := certificate(t)
	ln := tls.NewListener(listen(t), &tls.Config{
		Certificates: []tls.Certificate{cert},
		NextProtos:   []string{"h2", "http/1.1"},
		MinVersion:   tls.VersionTLS12,
	})
	return serveRaw(t, ln, "https", func(p *peer, conn net.Conn) {
		secure, ok := conn.(*tls.Conn)
		if !ok || secure.Handshake() != nil {
			return
		}
		if secure.ConnectionState().NegotiatedProtocol == "h2" {
			loseAnswers(conn, &p.executed, lose)
			return
		}
		executeAll(p, conn, func(conn net.Conn, r *http.Request) {
			if r.ProtoMajor != 1 {
				t.Errorf("spoke %s", r.Proto)
			}
			hangUp(conn)
		})
	}), pool
}

func TestAServerThatOffersHTTP2ExecutesTheCloseOnce(t *testing.T) {
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			p, pool := serveBoth(t, func(w io.Writer, stream uint32) {
				t.Error("the close spoke HTTP/2")
				lose(w, stream)
			})
			_, err := newClient(t, Config{BaseURL: p.url, RootCAs: pool}).Close(t.Context(), disputeID, soon())
			wantClass(t, err, fault.Ambiguous)
			if n := p.executed.Load(); n != 1 {
				t.Errorf("executed %d times, want once", n)
			}
		})
	}
}

// The control: what Go does by itself with the same server.
func TestGoRepeatsABodylessPostOverHTTP2(t *testing.T) {
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			p, pool := serveBoth(t, lose)
			transport := &http.Transport{
				TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
				ForceAttemptHTTP2: true,
			}
			defer transport.CloseIdleConnections()
			proto, err := stockSend(t, &http.Client{Transport: transport}, http.MethodPost, p.url, "")
			if err != nil || proto != "HTTP/2.0" || p.executed.Load() != 2 {
				t.Errorf("executed %d times over %q, %v; Go's behaviour has changed", p.executed.Load(), proto, err)
			}
		})
	}
}

// A server that agrees to HTTP/1.1 and then speaks HTTP/2 gets no HTTP/2 back.
func TestHTTP2InsteadOfAnAnswerIsAmbiguous(t *testing.T) {
	p := servePlain(t, func(conn net.Conn, _ *http.Request) {
		writeFrame(conn, frameSettings, 0, 0)
		goAway(conn, 0)
	})
	_, err := quickClient(t, p.url).Close(t.Context(), disputeID, soon())
	wantClass(t, err, fault.Ambiguous)
	if n := p.executed.Load(); n != 1 || errors.As(err, new(*notSentError)) {
		t.Errorf("executed %d times: %v", n, err)
	}
}
