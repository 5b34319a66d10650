package access

import (
	"bytes"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// policyPart is what the lines below a title of dumpsys device_policy tell of.
type policyPart uint8

const (
	noPolicy policyPart = iota
	deviceOwnerPart
	profileOwnerPart
	adminsPart
)

// policyReader reads dumpsys device_policy line by line.
type policyReader struct {
	lines.Reader
	out    Policy
	part   policyPart
	indent int // of the part's title
	user   int // of the part

	admin       *Admin // being read
	adminIndent int
	policies    int // indentation of "policies:", -1 outside
}

// DevicePolicy reads dumpsys device_policy: the device's owner, profile owners, and active administrators with what
// they may do. Components are given with the class's name in full; an owner printed by package alone is that package.
// Source: com.android.server.devicepolicy.DevicePolicyManagerService and OwnersData, Android 5 to 16.
func DevicePolicy(b []byte) (Policy, []lines.Note) {
	r := policyReader{Reader: lines.NewReader(b), policies: -1}
	for {
		line, ok := r.Next()
		if !ok {
			return r.out, r.List()
		}
		if indent, text := lines.Indented(line); len(text) > 0 {
			r.take(indent, text)
		}
	}
}

func (r *policyReader) take(indent int, text []byte) {
	if r.part != noPolicy && indent <= r.indent {
		r.part, r.admin = noPolicy, nil
	}
	if r.admin == nil || indent <= r.adminIndent {
		if r.title(indent, text) {
			return
		}
	}
	switch r.part {
	case deviceOwnerPart, profileOwnerPart:
		r.owner(text)
	case adminsPart:
		r.adminLine(indent, text)
	}
}

// title reads "Device Owner: ", "Profile Owner (User 10): " and "Enabled Device Admins (User 0, provisioningState: 3):",
// before Android 5 without a user. "Device Owner Type: 0" is none of them.
func (r *policyReader) title(indent int, text []byte) bool {
	part, rest := noPolicy, text
	for _, t := range [...]struct {
		start string
		part  policyPart
	}{{"Device Owner", deviceOwnerPart}, {"Profile Owner", profileOwnerPart}, {"Enabled Device Admins", adminsPart}} {
		if after, ok := bytes.CutPrefix(text, []byte(t.start)); ok {
			part, rest = t.part, after
		}
	}
	user := 0
	if after, ok := bytes.CutPrefix(rest, []byte(" (User ")); ok {
		end := bytes.IndexAny(after, ",)")
		if end < 0 {
			return false
		}
		user, _ = lines.Small(after[:end])
		if _, rest, ok = bytes.Cut(after, []byte(")")); !ok {
			return false
		}
	}
	inline, ok := bytes.CutPrefix(rest, []byte(":"))
	if part == noPolicy || !ok {
		return false
	}
	r.part, r.indent, r.user, r.admin, r.policies = part, indent, user, nil, -1
	if part != adminsPart && len(inline) > 1 {
		r.setOwner(bytes.TrimSpace(inline), true)
	}
	return true
}

func (r *policyReader) owner(text []byte) {
	if name, ok := bytes.CutPrefix(text, []byte("admin=")); ok {
		r.setOwner(name, true)
	} else if name, ok := bytes.CutPrefix(text, []byte("package=")); ok {
		r.setOwner(name, false)
	}
}

// setOwner files an owner; a component is worth more than the package alone.
func (r *policyReader) setOwner(text []byte, isComponent bool) {
	name, ok := dump.Component(text)
	if !ok {
		pkg, _, _ := bytes.Cut(text, []byte("/")) // dpm's line may cut a class off
		if name = string(pkg); !dump.PackageName(pkg) {
			r.Matter(r.Line(), "no owner: "+lines.Quote(text))
			return
		}
		isComponent = false
	}
	if r.part == deviceOwnerPart {
		if r.out.DeviceOwner == "" || isComponent {
			r.out.DeviceOwner = name
		}
		return
	}
	if r.out.ProfileOwners == nil {
		r.out.ProfileOwners = map[int]string{}
	}
	if len(r.out.ProfileOwners) >= limits.DumpUsers {
		r.Limit(r.Line(), "profile owners left out")
		return
	}
	if r.out.ProfileOwners[r.user] == "" || isComponent {
		r.out.ProfileOwners[r.user] = name
	}
}

// adminLine reads an administrator, "a/.B:" or "ComponentInfo{a/a.B}:", and what stands below it.
func (r *policyReader) adminLine(indent int, text []byte) {
	if r.admin == nil || indent <= r.adminIndent {
		r.admin = nil
		head, whole := bytes.CutSuffix(text, []byte(":"))
		name, ok := dump.Component(head)
		if !ok {
			return
		}
		if !whole { // its class holds a line end
			r.Matter(r.Line(), "device administrator "+lines.Quote([]byte(name))+" without its end")
		}
		if len(r.out.Admins) >= limits.DumpPackages {
			r.Limit(r.Line(), "device administrators left out")
			return
		}
		r.out.Admins = append(r.out.Admins, Admin{Component: name, User: r.user})
		r.admin, r.adminIndent, r.policies = &r.out.Admins[len(r.out.Admins)-1], indent, -1
		return
	}
	if r.policies >= 0 && indent > r.policies {
		r.policy(text)
		return
	}
	r.policies = -1
	if rest, ok := bytes.CutPrefix(text, []byte("policies:")); ok {
		r.policies = indent
		for word := range bytes.SplitSeq(rest, []byte(",")) {
			r.policy(bytes.TrimSpace(word))
		}
	} else if string(text) == "testOnlyAdmin=true" {
		r.admin.TestOnly = true
	}
}

// A device administrator has a few policies with short names; what goes beyond is not kept.
const (
	maxPolicies   = 64
	maxPolicyName = 200 // bytes
)

func (r *policyReader) policy(word []byte) {
	if len(word) == 0 || len(word) > maxPolicyName || bytes.ContainsAny(word, " =:") {
		return
	}
	if len(r.admin.Policies) >= maxPolicies {
		return
	}
	r.admin.Policies = append(r.admin.Policies, string(word))
}

// Owners reads dpm list-owners, "User  0: admin=a/.B,DeviceOwner" or with ProfileOwner or ManagedProfileOwner.
// "no owners" gives nothing.
func Owners(b []byte) (Policy, []lines.Note) {
	r := policyReader{Reader: lines.NewReader(b)}
	for {
		line, ok := r.Next()
		if !ok {
			return r.out, r.List()
		}
		_, text := lines.Indented(line)
		user, rest, ok := bytes.Cut(text, []byte(": admin="))
		id, is := bytes.CutPrefix(user, []byte("User"))
		if !ok || !is {
			continue
		}
		name, kinds, _ := bytes.Cut(rest, []byte(","))
		r.user, _ = lines.Small(bytes.TrimSpace(id))
		for kind := range bytes.SplitSeq(kinds, []byte(",")) {
			switch string(bytes.TrimSpace(kind)) {
			case "DeviceOwner":
				r.part = deviceOwnerPart
				r.setOwner(name, true)
			case "ProfileOwner", "ManagedProfileOwner":
				r.part = profileOwnerPart
				r.setOwner(name, true)
			}
		}
	}
}
