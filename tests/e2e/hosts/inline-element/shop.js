export default 'Tersedia 12';
