package packages

import "slices"

// joined puts the sections together: factory versions to their packages, permissions of shared user ids to theirs.
// No block is lost: one that can't stand where it does becomes a package, marked doubtful.
func (p *packageReader) joined() []Package {
	for _, i := range p.unsigned {
		if p.signed {
			p.suspect(&p.live[i])
		}
	}
	var list []Package
	index := map[string]int{}
	for _, pkg := range p.live {
		if i, twice := index[pkg.Name]; twice {
			p.fold(&list[i], pkg, "package")
			continue
		}
		index[pkg.Name] = len(list)
		list = append(list, pkg)
	}
	for _, factory := range p.hidden {
		i, ok := index[factory.Name]
		switch {
		case !ok:
			factory.Doubtful = append(factory.Doubtful, "section")
			p.Add(factory.Line, "package "+factory.Name+" stands among the factory versions alone")
			index[factory.Name] = len(list)
			list = append(list, factory)
		case list[i].Factory != nil || !list[i].System() || !factory.System():
			p.fold(&list[i], factory, "factory")
		default:
			list[i].Factory = &factory
		}
	}
	for i := range list {
		p.share(&list[i])
	}
	return list
}

// fold adds a second block of a package to the first, which keeps its own facts and gets those that it lacks.
func (p *packageReader) fold(pkg *Package, other Package, what string) {
	p.Add(other.Line, "package "+pkg.Name+" stands twice: this text may be forged")
	if !slices.Contains(pkg.Doubtful, what) {
		pkg.Doubtful = append(pkg.Doubtful, what)
	}
	if len(pkg.Requested) == 0 {
		pkg.Requested, pkg.Restrict = other.Requested, other.Restrict
	}
	if len(pkg.Install) == 0 {
		pkg.Install = other.Install
	}
	if len(pkg.Users) == 0 {
		pkg.Users = other.Users
	}
}

// share gives a package of a shared user id the permissions of that id, where the dump printed them there alone.
func (p *packageReader) share(pkg *Package) {
	shared := p.shared[pkg.SharedUser]
	if pkg.SharedUser == "" || shared == nil {
		return
	}
	if pkg.UID < 0 {
		pkg.UID = shared.UID
	}
	if len(pkg.Install) == 0 {
		pkg.Install = shared.Install
	}
	for i := range pkg.Users {
		user := &pkg.Users[i]
		if len(user.Runtime) > 0 {
			continue
		}
		j, ok := slices.BinarySearchFunc(shared.Users, user.ID, func(u UserState, id int) int { return u.ID - id })
		if ok {
			user.Runtime = shared.Users[j].Runtime
		}
	}
}
