"""The magics that matter to a reader of the code, by what they do to the Python around them."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Cell magics whose body is Python that runs in the notebook's own name space, or nearly so.
TRANSPARENT = _words("""
    capture debug ipytest memit prun pyinstrument pypy python python3 scalene snakeviz time timeit
    track_emissions wandb
""")

# Cell magics that leave the notebook's Python alone.
INERT = _words("""
    ! appendfile bash cmd dot fs html HTML javascript JavaScript js latex LaTeX
    markdown Markdown md mermaid perl powershell pwsh raw ruby script sh shell svg SVG sx system
""")

# Line magics that run the rest of their line; the letters are the options that take an argument.
RUNS_STATEMENT = {
    "lprun": "fmTDuo",
    "memit": "rti",
    "mprun": "fT",
    "prun": "lsTD",
    "pyinstrument": "",
    "snakeviz": "f",
    "time": "",
    "timeit": "nrp",
}

# Databricks and its like give a cell another language by a magic with a single percent sign.
LANGUAGES = _words("bash fs html javascript latex md r R scala sh sql")

# Magics that may be written without their percent sign.
AUTOMAGIC = _words("""
    alias alias_magic autoawait autocall automagic autosave bookmark cat cd clear colors conda
    config connect_info cp debug dhist dirs doctest_mode ed edit env gui hist history
    killbgscripts ldir less lf lk ll load load_ext loadpy logoff logon logstart logstate logstop
    ls lsmagic lx macro magic man mamba matplotlib micromamba mkdir more mv notebook page pastebin
    pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision prun psearch psource pushd pwd pycat
    pylab quickref recall rehashx reload_ext rep rerun reset rm rmdir run save sc set_env store sx
    system tb time timeit unalias unload_ext uv who who_ls whos xdel xmode
""")
