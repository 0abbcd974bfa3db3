package samlocal

import (
	"fmt"
	"net"
	"net/netip"
)

// bridge is the interface of Docker Engine's default network, on Linux.
const bridge = "docker0"

// Containers returns this machine's address in the network of Docker Engine's containers, and whether there is one. There is
// none with Docker Desktop, whose containers reach loopback.
func Containers() (netip.Prefix, bool) {
	docker, err := net.InterfaceByName(bridge)
	if err != nil {
		return netip.Prefix{}, false
	}
	addresses, err := docker.Addrs()
	if err != nil {
		return netip.Prefix{}, false
	}
	for _, address := range addresses {
		if network, err := netip.ParsePrefix(address.String()); err == nil && network.Addr().Is4() {
			return network, true
		}
	}
	return netip.Prefix{}, false
}

// listen listens at a port, on loopback and, unless it is zero, on an address in the containers' network.
func listen(port string, containers netip.Prefix) ([]net.Listener, error) {
	addresses := []string{net.JoinHostPort("127.0.0.1", port)}
	if containers.IsValid() {
		addresses = append(addresses, net.JoinHostPort(containers.Addr().String(), port))
	}
	var all []net.Listener
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			for _, l := range all {
				_ = l.Close()
			}
			return nil, fmt.Errorf("%w: env.json names this port; stop what listens there, perhaps another `make local-aws`, MiniStack or LocalStack", err)
		}
		all = append(all, l)
	}
	return all, nil
}
