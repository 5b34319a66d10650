package main

import (
	"github.com/spf13/pflag"
)

// The values of --apps.
const (
	appsThirdParty = "third-party"
	appsAll        = "all"
)

// phoneView is how much of a phone is told, live or from a bundle.
type phoneView struct {
	users []int
	apps  string
}

func (v *phoneView) register(flags *pflag.FlagSet) {
	flags.IntSliceVar(&v.users, "user", nil, "of a phone, tell of this user `N` too, as 10 for a work profile; repeatable")
	flags.StringVar(&v.apps, "apps", appsThirdParty, "of a phone, tell of `WHICH` apps: third-party (and those of the system that hold something) or all")
}

func (v phoneView) all() bool { return v.apps == appsAll }

func (v phoneView) check() error {
	if v.apps != appsThirdParty && v.apps != appsAll {
		return usagef("third-party or all", "--apps: %q is neither third-party nor all", v.apps)
	}
	for _, user := range v.users {
		if user < 0 || user > 9999 {
			return usagef("0 is the owner, 10 most often a work profile", "--user %d: no phone has such a user", user)
		}
	}
	return nil
}
