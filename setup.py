"""Everything here is read from settings.ini; the version lives in cai_nb/__init__.py."""
import re
from configparser import ConfigParser
from pathlib import Path
from setuptools import setup

here = Path(__file__).parent
ini = ConfigParser(delimiters=['='])
ini.read(here/'settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']
version = re.search(r"__version__\s*=\s*['\"]([^'\"]+)", (here/'cai_nb/__init__.py').read_text(encoding='utf-8'))[1]

setup(
    name=cfg['lib_name'], version=version, description=cfg['description'], author=cfg['author'],
    license='Apache-2.0', keywords=cfg['keywords'].split(),
    long_description=(here/'README.md').read_text(encoding='utf-8'), long_description_content_type='text/markdown',
    packages=['cai_nb', 'cai_nb.experiments', 'cai_nb.constitutions', 'cai_nb.walkthroughs'],
    package_dir={'cai_nb.constitutions': 'constitutions', 'cai_nb.walkthroughs': 'nbs/walkthroughs'},
    package_data={'cai_nb.constitutions': ['*.yaml', 'expectations/*.yaml'], 'cai_nb.walkthroughs': ['*.ipynb']},
    python_requires='>='+cfg['min_python'],
    install_requires=cfg['requirements'].split(), extras_require={'dev': cfg['dev_requirements'].split()},
    entry_points={'console_scripts': cfg['console_scripts'].split(), 'nbdev': ['cai_nb=cai_nb._modidx:d']},
)
