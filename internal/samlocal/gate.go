package samlocal

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// gate lets in this machine's own programs and, if they are asked for, the containers of one Docker network. It keeps out:
// other machines, which may route to a bridge's address through this one; web pages, whose requests a browser marks; and web
// pages whose host name was made to lead to this machine.
type gate struct {
	// containers is the network of the containers; the zero Prefix holds no address.
	containers netip.Prefix
	next       http.Handler
}

// product names us in the header Server, so that who finds a port taken can tell by whom.
const product = "dispute-closer-local-aws"

func newGate(containers netip.Prefix, next http.Handler) http.Handler {
	return gate{containers, http.NewCrossOriginProtection().Handler(next)}
}

func (g gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", product)
	switch {
	case !g.admits(r.RemoteAddr):
		http.Error(w, "only this machine and its containers are served", http.StatusForbidden)
	case !g.isOurName(r.Host):
		http.Error(w, "the host must be localhost", http.StatusForbidden)
	default:
		g.next.ServeHTTP(w, r)
	}
}

func (g gate) admits(peer string) bool {
	from, err := netip.ParseAddrPort(peer)
	return err == nil && g.isOurs(from.Addr())
}

func (g gate) isOurs(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsLoopback() || g.containers.Contains(address)
}

func (g gate) isOurName(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	address, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && g.isOurs(address)
}
