package localapi

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// Guard refuses what a web page can make a browser send to a server on loopback: a request for another host than the
// address, which is how a page's own name that leads here looks, and one from another site that changes anything.
func Guard(address string, next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(address) // An address that was listened on has a port.
	ours := []string{address, net.JoinHostPort("localhost", port)}
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != ours[0] && r.Host != ours[1] {
			http.Error(w, "this is "+address+", and the request is for another host", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// scheme is the word ahead of the token in the Authorization header, which no page can set without asking first.
const scheme = "Bearer "

// withToken lets through what bears the token.
func withToken(token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, bears := strings.CutPrefix(r.Header.Get("Authorization"), scheme)
		if !bears || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			http.Error(w, "the token is missing or another run's", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
